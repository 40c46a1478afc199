import type { ControlClient, User } from "oxbow/control";
import { tenantSteps, type UserPlace, userSteps } from "./plan-accounts.ts";
import { defaultsSteps } from "./plan-defaults.ts";
import { type PresentStations, pruneStations, pruneTenant, pruneUsers } from "./plan-prune.ts";
import { schemaSteps } from "./plan-schemas.ts";
import { attachmentSteps, groupSteps, stationSteps } from "./plan-stations.ts";
import type { Setup } from "./setup.ts";
import { byName, isNamed, type Step } from "./step.ts";

export interface PlanOptions {
  /** Whether what the file does not name is taken out, of the kinds that it speaks of. */
  readonly isPruning?: boolean;
  /** Whether a user is who applies, who is not taken out. */
  readonly isSelf?: (user: User) => boolean;
}

/**
 * Finds out what has to be done so that there is what a file wants, in the order in which it can be: nothing, if it is
 * there. What the file does not name stays as it is. All of it comes from what there is now, so that it does not matter
 * where an earlier one was interrupted.
 *
 * @throws CommandFailure for what can't be made so; OxbowError as the platform has it
 */
export async function planOf(
  control: ControlClient,
  setup: Setup,
  options: PlanOptions = {},
): Promise<Step[]> {
  return [
    ...(await defaultsPlan(control, setup)),
    ...(await stationPlan(control, setup, options)),
    ...(await tenantPlan(control, setup, options)),
    ...(await ownUserPlan(control, setup, options)),
  ];
}

async function defaultsPlan(control: ControlClient, { defaults }: Setup): Promise<Step[]> {
  if (defaults === undefined) return [];
  return defaultsSteps(control, defaults, await control.call("station.defaults", {}, {}));
}

async function stationPlan(
  control: ControlClient,
  setup: Setup,
  { isPruning = false }: PlanOptions,
): Promise<Step[]> {
  if (setup.schemas === undefined && setup.stations === undefined) return [];
  const present = await presentStations(control);
  const { schemas, stations, attachments, groups } = present;
  const steps: Step[] = [];
  for (const wanted of setup.schemas ?? []) {
    steps.push(...(await schemaSteps(control, wanted, byName(schemas, wanted.name))));
  }
  for (const wanted of setup.stations ?? []) {
    const station = byName(stations, wanted.name);
    const name = station?.name ?? wanted.name;
    steps.push(...stationSteps(control, wanted, station));
    const attached = attachments.find((each) => each.station === name.toLowerCase());
    steps.push(...attachmentSteps(control, wanted, attached));
    const own = groups.filter((each) => each.station === name);
    for (const group of wanted.groups ?? []) {
      steps.push(...groupSteps(control, wanted.name, group, byName(own, group.name)));
    }
  }
  if (isPruning) steps.push(...pruneStations(control, setup, present));
  return steps;
}

async function presentStations(control: ControlClient): Promise<PresentStations> {
  const [schemas, stations, attachments, groups] = await Promise.all([
    Array.fromAsync(control.list("schema.list", {})),
    Array.fromAsync(control.list("station.list", {})),
    Array.fromAsync(control.list("attachment.list", {})),
    Array.fromAsync(control.list("group.list", {})),
  ]);
  return { schemas, stations, attachments, groups };
}

async function tenantPlan(
  control: ControlClient,
  { tenants: wanted }: Setup,
  options: PlanOptions,
): Promise<Step[]> {
  if (wanted === undefined) return [];
  const tenants = await Array.fromAsync(control.list("tenant.list", {}));
  const steps: Step[] = [];
  for (const each of wanted) {
    const there = byName(tenants, each.name);
    steps.push(...tenantSteps(control, each, there));
    if (each.users === undefined) continue;
    const users = there === undefined ? [] : await usersOf(control, there.name);
    const place = { control, tenant: each.name, users };
    steps.push(...(await userPlan(place, each.users, options)));
  }
  if (options.isPruning !== true) return steps;
  for (const tenant of tenants) {
    // The one that is there always has no time of its making.
    if (tenant.createdAt === null || tenant.name === "default" || isNamed(wanted, tenant)) continue;
    const users = await usersOf(control, tenant.name);
    steps.push(...(await userPlan({ control, tenant: tenant.name, users }, [], options)));
    steps.push(pruneTenant(control, tenant));
  }
  return steps;
}

async function ownUserPlan(
  control: ControlClient,
  { users: wanted }: Setup,
  options: PlanOptions,
): Promise<Step[]> {
  if (wanted === undefined) return [];
  const users = await usersOf(control, undefined);
  return userPlan({ control, tenant: undefined, users }, wanted, options);
}

async function userPlan(
  place: UserPlace,
  wanted: Parameters<typeof userSteps>[1],
  { isPruning = false, isSelf = () => false }: PlanOptions,
): Promise<Step[]> {
  const steps = await userSteps(place, wanted);
  return isPruning ? [...steps, ...pruneUsers(place, wanted, isSelf)] : steps;
}

function usersOf(control: ControlClient, tenant: string | undefined): Promise<User[]> {
  return Array.fromAsync(control.list("user.list", tenant === undefined ? {} : { tenant }));
}
