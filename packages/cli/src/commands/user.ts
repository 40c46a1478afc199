import { Command } from "commander";
import type { ControlClient, Role, UserRequest } from "oxbow/control";
import { instant, oneOf } from "../arguments.ts";
import { exampleText } from "../examples.ts";
import { UsageError } from "../failures.ts";
import { withControl } from "../platform/control.ts";
import { renderKey, renderUser, renderUsers } from "../platform/render-accounts.ts";
import { type PlatformOptions, subcommand, tell } from "../platform/subcommand.ts";

const roles: readonly (Role | "none")[] = ["owner", "admin", "operator", "viewer", "none"];

interface UserOptions extends PlatformOptions {
  readonly tenant?: string;
}

interface SettingOptions extends UserOptions {
  readonly role?: Role | "none";
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly description?: string;
  readonly expires?: string;
  readonly export?: "yes" | "no";
}

/** `oxbow user …`. */
export function createCommand(): Command {
  return new Command("user")
    .description("Users connect with a password or an access key, and may what they are given.")
    .helpCommand(false)
    .addCommand(createUser())
    .addCommand(listUsers())
    .addCommand(showUser())
    .addCommand(editUser())
    .addCommand(deleteUser())
    .addCommand(setPassword())
    .addCommand(keys())
    .addHelpText(
      "after",
      exampleText([
        "oxbow user create shop --write 'prod.*'",
        "oxbow user create ann --role operator",
        "oxbow user key add shop",
      ]),
    );
}

/** A command about one user. */
function userCommand<Options extends UserOptions>(
  command: Command,
  run: (control: ControlClient, user: string, options: Options) => Promise<void>,
): Command {
  return withTenant(command.argument("<name>", "name of the user")).action(
    (user: string, options: Options) =>
      withControl(options, `oxbow user ${command.name()}`, (control) =>
        run(control, user, options),
      ),
  );
}

function withTenant(command: Command): Command {
  return command.option("--tenant <tenant>", "whose users (default your own tenant's)");
}

function tenantOf({ tenant }: UserOptions): { readonly tenant?: string } {
  return tenant === undefined ? {} : { tenant };
}

function patterns(text: string): readonly string[] {
  return text === "none" ? [] : text.split(",").map((pattern) => pattern.trim());
}

function expiry(text: string): string {
  return text === "never" ? text : instant(text);
}

function withSettings(command: Command): Command {
  return command
    .option("--role <role>", `${roles.join(", ")}: none is an application`, oneOf(roles))
    .option("--read <patterns>", "stations it may read, prod.*,orders, or none", patterns)
    .option("--write <patterns>", "stations it may write to, likewise", patterns)
    .option("--export <yes|no>", "whether it may download messages", oneOf(["yes", "no"]))
    .option("--description <text>", "what it is for")
    .option("--expires <time>", "when it can't connect any more, or never", expiry);
}

function settingsOf(options: SettingOptions): Omit<UserRequest, "password"> {
  const { role, read, write, description, expires, export: exports } = options;
  return {
    ...tenantOf(options),
    ...(role !== undefined && { role: role === "none" ? null : role }),
    ...(read !== undefined && { read }),
    ...(write !== undefined && { write }),
    ...(description !== undefined && { description }),
    ...(exports !== undefined && { mayExport: exports === "yes" }),
    ...(expires !== undefined && { expiresAt: expires === "never" ? null : expires }),
  };
}

function createUser(): Command {
  const command = subcommand("create", "Create a user, and tell its password this once.", [
    "oxbow user create shop --read prod.orders --write 'prod.*'",
    "oxbow user create ann --role admin",
    "oxbow user create ci --write 'test.*' --keys-only",
  ]).option("--keys-only", "without a password: it comes with access keys");
  return userCommand<SettingOptions & { keysOnly?: boolean }>(
    withSettings(command),
    async (control, user, options) => {
      const none = options.keysOnly === true ? { password: null } : {};
      const made = await control.call("user.create", { user }, { ...settingsOf(options), ...none });
      tell(options, made, (each) => `created ${renderUser(each.user, each.password)}`);
    },
  );
}

function listUsers(): Command {
  return withTenant(subcommand("list", "List the users.", ["oxbow user list"])).action(
    (options: UserOptions) =>
      withControl(options, "oxbow user list", async (control) => {
        const users = await Array.fromAsync(control.list("user.list", tenantOf(options)));
        tell(options, users, renderUsers);
      }),
  );
}

function showUser(): Command {
  return userCommand(
    subcommand("show", "Show what a user may do, and its access keys.", ["oxbow user show shop"]),
    async (control, user, options) => {
      const found = await control.call("user.get", { user }, tenantOf(options));
      tell(options, found, (each) => renderUser(each));
    },
  );
}

function editUser(): Command {
  const command = subcommand("edit", "Change what a user may do, at once.", [
    "oxbow user edit shop --write 'prod.*,test.*'",
    "oxbow user edit ann --role viewer",
    "oxbow user edit ann --disable",
  ])
    .option("--disable", "keep it out, and disconnect it")
    .option("--enable", "let it in again");
  return userCommand<SettingOptions & { disable?: boolean; enable?: boolean }>(
    withSettings(command),
    async (control, user, options) => {
      const { disable = false, enable = false } = options;
      if (disable && enable) throw new UsageError("oxbow user edit: write --disable or --enable");
      const changes = {
        ...settingsOf(options),
        ...((disable || enable) && { isDisabled: disable }),
      };
      const edited = await control.call("user.edit", { user }, changes);
      tell(options, edited, (each) => `changed ${renderUser(each)}`);
    },
  );
}

function deleteUser(): Command {
  return userCommand(
    subcommand("delete", "Take a user out, and disconnect it.", ["oxbow user delete shop"]),
    async (control, user, options) => {
      const deleted = await control.call("user.delete", { user }, tenantOf(options));
      tell(options, deleted, ({ isDeleted }) =>
        isDeleted ? `deleted ${user}` : `there was no user ${user}`,
      );
    },
  );
}

function setPassword(): Command {
  const command = subcommand("password", "Give a user another password, and tell it this once.", [
    "oxbow user password shop",
    "oxbow user password ci --keys-only",
  ]).option("--keys-only", "take its password away: it comes with access keys");
  return userCommand<UserOptions & { keysOnly?: boolean }>(
    command,
    async (control, user, options) => {
      const none = options.keysOnly === true ? { password: null } : {};
      const request = { ...tenantOf(options), ...none };
      const changed = await control.call("user.setPassword", { user }, request);
      tell(options, changed, ({ password }) =>
        password === null ? `${user} has no password` : `password of ${user}: ${password}`,
      );
    },
  );
}

function keys(): Command {
  return new Command("key")
    .description("Access keys are what programs connect with: --token KEY.")
    .helpCommand(false)
    .addCommand(addKey())
    .addCommand(removeKey())
    .addHelpText("after", exampleText(["oxbow user key add shop --description deployment"]));
}

function addKey(): Command {
  const command = subcommand("add", "Give a user an access key, and tell it this once.", [
    "oxbow user key add shop --description deployment --expires 2030-01-01T00:00:00Z",
  ])
    .option("--description <text>", "what it is for")
    .option("--expires <time>", "when it is of no use any more", expiry);
  return userCommand<SettingOptions>(command, async (control, user, options) => {
    const added = await control.call("user.addKey", { user }, settingsOf(options));
    tell(options, added, ({ accessKey, secret }) => `key ${renderKey(accessKey)}: ${secret}`);
  });
}

function removeKey(): Command {
  return withTenant(
    subcommand("remove", "Take an access key back, and disconnect who has used it.", [
      "oxbow user key remove shop 0123456789abcdef",
    ])
      .argument("<name>", "name of the user")
      .argument("<id>", "of the key, as oxbow user show has it"),
  ).action((user: string, id: string, options: UserOptions) =>
    withControl(options, "oxbow user key remove", async (control) => {
      const request = { ...tenantOf(options), id };
      const removed = await control.call("user.removeKey", { user }, request);
      tell(options, removed, ({ isDeleted }) =>
        isDeleted ? `removed key ${id} of ${user}` : `${user} had no key ${id}`,
      );
    }),
  );
}
