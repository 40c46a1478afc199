import { Command, InvalidArgumentError } from "commander";
import type { ControlClient, TenantRequest } from "oxbow/control";
import { sizeBytes, wholeNumber } from "../arguments.ts";
import { exampleText } from "../examples.ts";
import { withControl } from "../platform/control.ts";
import { renderTenant, renderTenants } from "../platform/render-accounts.ts";
import { type PlatformOptions, subcommand, tell } from "../platform/subcommand.ts";

/** A number, or any. */
type Quota = number | "none";

interface QuotaOptions extends PlatformOptions {
  readonly description?: string;
  readonly streams?: Quota;
  readonly consumers?: Quota;
  readonly storage?: Quota;
  readonly memory?: Quota;
  readonly connections?: Quota;
  readonly rate?: Quota;
}

/** `oxbow tenant …`. */
export function createCommand(): Command {
  return new Command("tenant")
    .description("Tenants have stations and users of their own, and quotas.")
    .helpCommand(false)
    .addCommand(createTenant())
    .addCommand(listTenants())
    .addCommand(showTenant())
    .addCommand(editTenant())
    .addCommand(deleteTenant())
    .addHelpText(
      "after",
      exampleText([
        "oxbow tenant create acme --streams 100 --storage 10GiB",
        "oxbow user create ann --tenant acme --role owner",
      ]),
    );
}

/** A command about one tenant. */
function tenantCommand<Options extends PlatformOptions>(
  command: Command,
  run: (control: ControlClient, tenant: string, options: Options) => Promise<void>,
): Command {
  return command
    .argument("<name>", "name of the tenant")
    .action((tenant: string, options: Options) =>
      withControl(options, `oxbow tenant ${command.name()}`, (control) =>
        run(control, tenant, options),
      ),
    );
}

function orNone(parse: (text: string) => number): (text: string) => Quota {
  return (text) => {
    const quota = text === "none" ? text : parse(text);
    if (quota === 0) throw new InvalidArgumentError('Write 1 or more, or "none" for no limit.');
    return quota;
  };
}

function withQuotas(command: Command): Command {
  const count = orNone(wholeNumber(1));
  const size = orNone(sizeBytes);
  return command
    .option("--description <text>", "who it is")
    .option("--streams <count>", "streams at most, or none for no limit", count)
    .option("--consumers <count>", "consumers at most", count)
    .option("--storage <size>", "bytes of its streams in files", size)
    .option("--memory <size>", "bytes of its streams in memory", size)
    .option("--connections <count>", "connections at a time", count)
    .option("--rate <count>", "messages per second that it publishes", count);
}

function quotasOf(options: QuotaOptions): TenantRequest {
  const { description, streams, consumers, storage, memory, connections, rate } = options;
  return {
    ...(description !== undefined && { description }),
    ...(streams !== undefined && { streamsMax: limitOf(streams) }),
    ...(consumers !== undefined && { consumersMax: limitOf(consumers) }),
    ...(storage !== undefined && { storageBytesMax: limitOf(storage) }),
    ...(memory !== undefined && { memoryBytesMax: limitOf(memory) }),
    ...(connections !== undefined && { connectionsMax: limitOf(connections) }),
    ...(rate !== undefined && { messagesPerSecondMax: limitOf(rate) }),
  };
}

function limitOf(quota: Quota): number | null {
  return quota === "none" ? null : quota;
}

function createTenant(): Command {
  const command = subcommand("create", "Create a tenant.", [
    "oxbow tenant create acme --streams 100 --storage 10GiB --rate 20000",
  ]);
  return tenantCommand<QuotaOptions>(withQuotas(command), async (control, tenant, options) => {
    const made = await control.call("tenant.create", { tenant }, quotasOf(options));
    tell(options, made, (each) => `created ${renderTenant(each)}`);
  });
}

function listTenants(): Command {
  return subcommand("list", "List the tenants, and what they use of their quotas.", [
    "oxbow tenant list",
  ]).action((options: PlatformOptions) =>
    withControl(options, "oxbow tenant list", async (control) => {
      const uses = await Array.fromAsync(control.list("tenant.uses", {}));
      const tenants = await Array.fromAsync(control.list("tenant.list", {}));
      const useOf = new Map(uses.map((use) => [use.tenant, use]));
      const told = tenants.map((tenant) => ({ ...tenant, use: useOf.get(tenant.name) }));
      tell(options, told, renderTenants);
    }),
  );
}

function showTenant(): Command {
  return tenantCommand(
    subcommand("show", "Show a tenant, and what it uses of its quotas.", [
      "oxbow tenant show acme",
    ]),
    async (control, tenant, options) => {
      const found = await control.call("tenant.get", { tenant }, {});
      const { items } = await control.call("tenant.uses", {}, { tenant });
      tell(options, { ...found, use: items[0] }, (each) => renderTenant(each, each.use));
    },
  );
}

function editTenant(): Command {
  const command = subcommand("edit", "Change quotas while the tenant is in use.", [
    "oxbow tenant edit acme --connections 500 --rate none",
  ]);
  return tenantCommand<QuotaOptions>(withQuotas(command), async (control, tenant, options) => {
    const edited = await control.call("tenant.edit", { tenant }, quotasOf(options));
    tell(options, edited, (each) => `changed ${renderTenant(each)}`);
  });
}

function deleteTenant(): Command {
  return tenantCommand(
    subcommand("delete", "Delete a tenant without users, with all that it has stored.", [
      "oxbow tenant delete acme",
    ]),
    async (control, tenant, options) => {
      const deleted = await control.call("tenant.delete", { tenant }, {});
      tell(options, deleted, ({ isDeleted }) =>
        isDeleted ? `deleted ${tenant}` : `there was no tenant ${tenant}`,
      );
    },
  );
}
