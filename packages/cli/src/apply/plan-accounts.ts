import { randomBytes } from "node:crypto";
import type { ControlClient, Tenant, User } from "oxbow/control";
import { CommandFailure } from "../failures.ts";
import { tenantSettings, textsOf, userSettings, type Values } from "./settings.ts";
import type { GivenPassword, WantedTenant, WantedUser } from "./setup-accounts.ts";
import { byName, type Change, changesOf, created, type Step } from "./step.ts";

/** The tenant that is there always, whose users have no `$` in their logins. */
const defaultTenant = "default";

/** What makes a tenant be as a file wants it; its users are another matter. */
export function tenantSteps(
  control: ControlClient,
  { name: tenant, values }: WantedTenant,
  there: Tenant | undefined,
): Step[] {
  const target = `tenant ${tenant}`;
  if (there === undefined) {
    const run = (): Promise<unknown> => control.call("tenant.create", { tenant }, values);
    const changes = created(textsOf(tenantSettings, values));
    return [{ operation: "tenant.create", action: "create", target, changes, run }];
  }
  const changes = changesOf(tenantSettings, values, there as unknown as Values);
  if (changes.length === 0) return [];
  const run = (): Promise<unknown> => control.call("tenant.edit", { tenant }, values);
  return [{ operation: "tenant.edit", action: "change", target, changes, run }];
}

/** Whose users a list of users is of. */
export interface UserPlace {
  readonly control: ControlClient;
  /** `undefined` for the tenant of who applies. */
  readonly tenant: string | undefined;
  readonly users: readonly User[];
}

/** What makes the users of a tenant be as a file wants them. */
export async function userSteps(place: UserPlace, wanted: readonly WantedUser[]): Promise<Step[]> {
  const steps: Step[] = [];
  for (const each of wanted) {
    const there = byName(place.users, each.name);
    if (there === undefined) steps.push(createUser(place, each));
    else steps.push(...(await changeUser(place, each, there)));
  }
  return steps;
}

/** What a user is called in a plan. */
export function userTarget({ tenant }: UserPlace, user: string): string {
  return tenant === undefined ? `user ${user}` : `user ${tenant} / ${user}`;
}

/** What requests about the users of a tenant name. */
export function ofTenant({ tenant }: UserPlace): { readonly tenant?: string } {
  return tenant === undefined ? {} : { tenant };
}

function createUser(place: UserPlace, { name: user, values, password }: WantedUser): Step {
  const { control } = place;
  return {
    operation: "user.create",
    action: "create",
    target: userTarget(place, user),
    changes: [
      ...created(textsOf(userSettings, values)),
      { name: "password", after: sourceOf(password) },
    ],
    run: async (onPassword) => {
      const chosen = password === undefined ? randomPassword() : password?.password;
      if (password === undefined && chosen !== undefined) {
        await onPassword({ login: loginOf(place, user), password: chosen });
      }
      const request = { ...ofTenant(place), ...values, password: chosen ?? null };
      await control.call("user.create", { user }, request);
    },
  };
}

async function changeUser(
  place: UserPlace,
  { name: user, values, password }: WantedUser,
  there: User,
): Promise<Step[]> {
  const { control } = place;
  const target = userTarget(place, user);
  const steps: Step[] = [];
  const before = withTime(there as unknown as Values);
  const changes = changesOf(userSettings, values, before);
  if (changes.length > 0) {
    const run = (): Promise<unknown> =>
      control.call("user.edit", { user }, { ...ofTenant(place), ...values });
    steps.push({ operation: "user.edit", action: "change", target, changes, run });
  }
  const change = await passwordChange(place, password, there);
  if (change !== undefined) {
    const request = { ...ofTenant(place), password: password?.password ?? null };
    const run = (): Promise<unknown> => control.call("user.setPassword", { user }, request);
    steps.push({
      operation: "user.setPassword",
      action: "change",
      target,
      changes: [change],
      run,
    });
  }
  return steps;
}

/** The platform is asked whether it is the one that the user has: nothing else tells. */
async function passwordChange(
  place: UserPlace,
  wanted: GivenPassword | null | undefined,
  { name: user, hasPassword }: User,
): Promise<Change | undefined> {
  if (wanted === undefined || (wanted === null && !hasPassword)) return undefined;
  const change = {
    name: "password",
    before: hasPassword ? "another" : "none",
    after: sourceOf(wanted),
  };
  if (wanted === null) return { ...change, before: "one" };
  const request = { ...ofTenant(place), password: wanted.password };
  const { isSame } = await place.control.call("user.checkPassword", { user }, request);
  return isSame ? undefined : change;
}

function sourceOf(password: GivenPassword | null | undefined): string {
  if (password === undefined) return "random";
  return password === null ? "none" : `that of ${password.source}`;
}

/** Times in one form, since they are kept as they were given. */
function withTime(values: Values): Values {
  const { expiresAt } = values;
  return typeof expiresAt === "string"
    ? { ...values, expiresAt: new Date(expiresAt).toISOString() }
    : values;
}

/** As the platform has it: nobody has to remember it. */
function randomPassword(): string {
  return randomBytes(24).toString("base64url");
}

/** What a user will be called when it connects. Who applies is of a tenant that its users tell. */
function loginOf({ tenant, users }: UserPlace, user: string): string {
  const own = (tenant ?? users[0]?.tenant ?? defaultTenant).toLowerCase();
  const name = user.toLowerCase();
  return own === defaultTenant ? name : `${name}$${own}`;
}

/**
 * @param isSelf - Whether it is who applies.
 * @throws CommandFailure if that one would be taken out
 */
export function requireOthers(users: readonly User[], isSelf: (user: User) => boolean): void {
  const self = users.find(isSelf);
  if (self === undefined) return;
  const text = `--prune would take out ${self.login}, as whom you apply this: name that user in the file`;
  throw new CommandFailure(text);
}
