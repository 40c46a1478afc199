import { Argument, Command } from "commander";
import {
  type AttachmentMode,
  type CompatibilityMode,
  type ControlClient,
  compatibilityModes,
  type PayloadEncoding,
  type SchemaBreaks,
  type SchemaDiff,
  type SchemaFormat,
  schemaFormats,
} from "oxbow/control";
import { oneOf, wholeNumber } from "../arguments.ts";
import { exampleText } from "../examples.ts";
import { UsageError } from "../failures.ts";
import { print, printJson } from "../output/print.ts";
import { withControl } from "../platform/control.ts";
import {
  attachmentText,
  renderAttachments,
  renderSchema,
  renderSchemas,
} from "../platform/render.ts";
import {
  formatOfFile,
  references,
  type VersionOptions,
  versionRequest,
} from "../platform/schema-files.ts";
import { generateSchema, trySchema } from "../platform/schema-trial-commands.ts";
import {
  type PlatformOptions,
  schemaArgument,
  stationArgument,
  subcommand,
  tell,
} from "../platform/subcommand.ts";

/** `oxbow schema …`. */
export function createCommand(): Command {
  return new Command("schema")
    .description("Schemas say what messages must be like. Stations use one of their versions.")
    .helpCommand(false)
    .addCommand(createSchema())
    .addCommand(addVersion())
    .addCommand(checkVersion())
    .addCommand(trySchema())
    .addCommand(generateSchema())
    .addCommand(listSchemas())
    .addCommand(showSchema())
    .addCommand(diffVersions())
    .addCommand(activateVersion())
    .addCommand(setCompatibility())
    .addCommand(deleteSchema())
    .addCommand(attachSchema())
    .addCommand(detachSchema())
    .addCommand(listAttachments())
    .addHelpText(
      "after",
      exampleText([
        "oxbow schema generate message.json > order.json",
        "oxbow schema create order --file order.json",
        "oxbow schema try order message.json",
        "oxbow schema attach orders order",
        "oxbow schema add order --file order-2.json --activate",
      ]),
    );
}

/** A command about one schema. */
function schemaCommand<Options extends PlatformOptions>(
  command: Command,
  run: (control: ControlClient, schema: string, options: Options) => Promise<void>,
): Command {
  return command
    .addArgument(schemaArgument())
    .action((schema: string, options: Options) =>
      withControl(options, `oxbow schema ${command.name()}`, (control) =>
        run(control, schema, options),
      ),
    );
}

function withVersionOptions(command: Command): Command {
  return command
    .option("--file <file>", "its text; without it, what comes on standard input")
    .option("--message <name>", "which message of a Protobuf file (default the first)")
    .option("--reference <name=schema@version>", "what it refers to, may be repeated", references);
}

function createSchema(): Command {
  const command = subcommand("create", "Create a schema with its first version.", [
    "oxbow schema create order --file order.json",
    "oxbow schema create order --file order.proto --message shop.Order --compatibility full",
    "oxbow schema create order --format avro < order.avsc",
  ])
    .option(
      "--format <format>",
      `${schemaFormats.join(", ")} (default as the file's name says)`,
      oneOf(schemaFormats),
    )
    .option(
      "--compatibility <mode>",
      `${compatibilityModes.join(", ")} (default backward)`,
      oneOf(compatibilityModes),
    );
  return schemaCommand<
    PlatformOptions & VersionOptions & { format?: SchemaFormat; compatibility?: CompatibilityMode }
  >(withVersionOptions(command), async (control, schema, options) => {
    const format = options.format ?? formatOfFile(options.file);
    if (format === undefined) {
      throw new UsageError(
        `oxbow schema create: write --format, one of ${schemaFormats.join(", ")}`,
      );
    }
    const { compatibility } = options;
    const version = await versionRequest("oxbow schema create", options);
    const request = { ...version, format, ...(compatibility !== undefined && { compatibility }) };
    const made = await control.call("schema.create", { schema }, request);
    tell(options, made, (each) => `created ${renderSchema(each)}`);
  });
}

function addVersion(): Command {
  const command = subcommand("add", "Add a version, unless it breaks what the schema promises.", [
    "oxbow schema add order --file order-2.json",
    "oxbow schema add order --file order-2.json --activate",
  ]).option("--activate", "use it from now on");
  return schemaCommand<PlatformOptions & VersionOptions & { activate?: boolean }>(
    withVersionOptions(command),
    async (control, schema, options) => {
      const version = await versionRequest("oxbow schema add", options);
      const request = { ...version, isActivated: options.activate === true };
      const added = await control.call("schema.addVersion", { schema }, request);
      tell(options, added, ({ number, isActive }) =>
        isActive
          ? `version ${number} of ${schema} is active`
          : `version ${number} of ${schema} is there: use it with "oxbow schema activate ${schema} ${number}"`,
      );
    },
  );
}

function checkVersion(): Command {
  const command = subcommand("check", "Tell what would break, and change nothing.", [
    "oxbow schema check order --file order-2.json",
  ]);
  return schemaCommand<PlatformOptions & VersionOptions>(
    withVersionOptions(command),
    async (control, schema, options) => {
      const version = await versionRequest("oxbow schema check", options);
      const found = await control.call("schema.check", { schema }, version);
      tell(options, found, breaksText);
      if (found.breaks.length > 0) process.exitCode = 1;
    },
  );
}

function listSchemas(): Command {
  return subcommand("list", "List the schemas.", ["oxbow schema list"]).action(
    (options: PlatformOptions) =>
      withControl(options, "oxbow schema list", async (control) => {
        const schemas = await Array.fromAsync(control.list("schema.list", {}));
        tell(options, schemas, renderSchemas);
      }),
  );
}

function showSchema(): Command {
  const command = subcommand("show", "Show a schema and its versions, or the text of one.", [
    "oxbow schema show order",
    "oxbow schema show order --text",
    "oxbow schema show order --version 2 > order-2.json",
  ])
    .option("--text", "the text of the active version")
    .option("--version <number>", "the text of this version", wholeNumber(1));
  return schemaCommand<PlatformOptions & { text?: boolean; version?: number }>(
    command,
    async (control, schema, options) => {
      const { text, version } = options;
      if (text !== true && version === undefined) {
        tell(options, await control.call("schema.get", { schema }, {}), renderSchema);
        return;
      }
      const request = version === undefined ? {} : { version };
      const found = await control.call("schema.text", { schema }, request);
      tell(options, found, (each) => each.text);
    },
  );
}

function versionArgument(name: string): Argument {
  return new Argument(`<${name}>`, "number of a version").argParser(wholeNumber(1));
}

function diffVersions(): Command {
  return subcommand("diff", "Show how two versions differ, and who can't read what.", [
    "oxbow schema diff order 1 2",
  ])
    .addArgument(schemaArgument())
    .addArgument(versionArgument("from"))
    .addArgument(versionArgument("to"))
    .action((schema: string, from: number, to: number, options: PlatformOptions) =>
      withControl(options, "oxbow schema diff", async (control) => {
        const diff = await control.call("schema.diff", { schema }, { from, to });
        tell(options, diff, (each: SchemaDiff) => `${each.lines}${breaksText(each)}`);
      }),
    );
}

function activateVersion(): Command {
  return subcommand("activate", "Use a version from now on, be it later or earlier.", [
    "oxbow schema activate order 2",
  ])
    .addArgument(schemaArgument())
    .addArgument(versionArgument("version"))
    .action((schema: string, version: number, options: PlatformOptions) =>
      withControl(options, "oxbow schema activate", async (control) => {
        const changed = await control.call("schema.activate", { schema }, { version });
        tell(options, changed, () => `version ${version} of ${schema} is active`);
      }),
    );
}

function setCompatibility(): Command {
  return subcommand("compatibility", "Change what new versions must allow.", [
    "oxbow schema compatibility order full",
  ])
    .addArgument(schemaArgument())
    .addArgument(
      new Argument("<mode>", compatibilityModes.join(", ")).argParser(oneOf(compatibilityModes)),
    )
    .action((schema: string, compatibility: CompatibilityMode, options: PlatformOptions) =>
      withControl(options, "oxbow schema compatibility", async (control) => {
        const changed = await control.call(
          "schema.setCompatibility",
          { schema },
          { compatibility },
        );
        tell(options, changed, () => `new versions of ${schema} must be: ${compatibility}`);
      }),
    );
}

function deleteSchema(): Command {
  const command = subcommand("delete", "Delete a schema, or one version, that nobody uses.", [
    "oxbow schema delete order",
    "oxbow schema delete order --version 1",
  ]).option("--version <number>", "only this version", wholeNumber(1));
  return schemaCommand<PlatformOptions & { version?: number }>(
    command,
    async (control, schema, options) => {
      const { version } = options;
      const deleted =
        version === undefined
          ? await control.call("schema.delete", { schema }, {})
          : await control.call("schema.deleteVersion", { schema }, { version });
      const what = version === undefined ? schema : `version ${version} of ${schema}`;
      tell(options, deleted, ({ isDeleted }) =>
        isDeleted ? `deleted ${what}` : `there was no ${what}`,
      );
    },
  );
}

interface AttachOptions extends PlatformOptions {
  readonly mode?: AttachmentMode;
  readonly version?: number;
  readonly encoding?: PayloadEncoding;
}

function attachSchema(): Command {
  return subcommand("attach", "Have a station use a schema, instead of the one it uses.", [
    "oxbow schema attach orders order",
    "oxbow schema attach orders order --mode warn",
    "oxbow schema attach orders order --version 2 --mode divert",
  ])
    .addArgument(stationArgument())
    .addArgument(schemaArgument())
    .option(
      "--mode <mode>",
      "what does not fit: enforce refuses it, warn tells of it, divert makes it a dead letter",
      oneOf<AttachmentMode>(["enforce", "warn", "divert"]),
    )
    .option("--version <number>", "this version for ever (default the active one)", wholeNumber(1))
    .option(
      "--encoding <encoding>",
      "how Avro messages are written: binary (default) or json",
      oneOf<PayloadEncoding>(["binary", "json"]),
    )
    .action((station: string, schema: string, options: AttachOptions) => {
      const { mode, version, encoding } = options;
      const request = {
        schema,
        ...(mode !== undefined && { mode }),
        ...(version !== undefined && { version }),
        ...(encoding !== undefined && { encoding }),
      };
      return withControl(options, "oxbow schema attach", async (control) => {
        const attached = await control.call("attachment.set", { station }, request);
        tell(options, attached, (each) => `${each.station} uses ${attachmentText(each)}`);
      });
    });
}

function detachSchema(): Command {
  return subcommand("detach", "Have a station use no schema.", ["oxbow schema detach orders"])
    .addArgument(stationArgument())
    .action((station: string, options: PlatformOptions) =>
      withControl(options, "oxbow schema detach", async (control) => {
        const detached = await control.call("attachment.delete", { station }, {});
        tell(options, detached, ({ isDeleted }) =>
          isDeleted ? `${station} uses no schema any more` : `${station} used no schema`,
        );
      }),
    );
}

function listAttachments(): Command {
  return subcommand("attached", "List the stations that use schemas, or one schema.", [
    "oxbow schema attached",
    "oxbow schema attached order",
  ])
    .argument("[schema]", "name of the schema")
    .action((schema: string | undefined, options: PlatformOptions) =>
      withControl(options, "oxbow schema attached", async (control) => {
        const filter = schema === undefined ? {} : { schema };
        const attachments = await Array.fromAsync(control.list("attachment.list", filter));
        if (options.json === true) printJson(attachments);
        else print(renderAttachments(attachments));
      }),
    );
}

function breaksText({ breaks }: SchemaBreaks): string {
  if (breaks.length === 0) return "nothing breaks\n";
  return breaks.map(({ description }) => `${description}\n`).join("");
}
