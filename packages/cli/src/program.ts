import { readFileSync } from "node:fs";
import { nearestWord } from "@oxbow/server/units";
import { Command, type CommanderError } from "commander";
import { exampleText } from "./examples.ts";
import { oneLine, UsageError } from "./failures.ts";

/** What a file of `commands/` exports. */
interface CommandModule {
  createCommand(): Command;
}

/** A command before it is loaded: only the one that is called is imported. */
interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<CommandModule>;
}

const commands: readonly CommandEntry[] = [
  {
    name: "quickstart",
    summary: "start a server and see what one does with it, in a minute",
    load: () => import("./commands/quickstart.ts"),
  },
  {
    name: "start",
    summary: "start the broker",
    load: () => import("./commands/start.ts"),
  },
  {
    name: "nats-server",
    summary: "start the broker with nats-server's flags and configuration file",
    load: () => import("./commands/nats-server.ts"),
  },
  {
    name: "pub",
    summary: "publish messages",
    load: () => import("./commands/pub.ts"),
  },
  {
    name: "sub",
    summary: "print messages as they come",
    load: () => import("./commands/sub.ts"),
  },
  {
    name: "station",
    summary: "create, look at and change stations",
    load: () => import("./commands/station.ts"),
  },
  {
    name: "group",
    summary: "create, look at, pause and rewind consumer groups",
    load: () => import("./commands/group.ts"),
  },
  {
    name: "message",
    summary: "follow single messages: who produced them, what became of them",
    load: () => import("./commands/message.ts"),
  },
  {
    name: "producer",
    summary: "look at who puts messages into stations",
    load: () => import("./commands/producer.ts"),
  },
  {
    name: "lineage",
    summary: "show who puts messages where, and where they go from there",
    load: () => import("./commands/lineage.ts"),
  },
  {
    name: "produce",
    summary: "put messages into a station",
    load: () => import("./commands/produce.ts"),
  },
  {
    name: "consume",
    summary: "print messages of stations as a member of a group",
    load: () => import("./commands/consume.ts"),
  },
  {
    name: "schema",
    summary: "keep schemas, and have stations use them",
    load: () => import("./commands/schema.ts"),
  },
  {
    name: "dead-letter",
    summary: "look at messages that were given up, and send them again",
    load: () => import("./commands/dead-letter.ts"),
  },
  {
    name: "user",
    summary: "create users, give them rights and keys, and take them out",
    load: () => import("./commands/user.ts"),
  },
  {
    name: "tenant",
    summary: "create tenants, and change their quotas",
    load: () => import("./commands/tenant.ts"),
  },
  {
    name: "audit",
    summary: "tell who has changed what",
    load: () => import("./commands/audit.ts"),
  },
  {
    name: "notification",
    summary: "have Slack, webhooks, mail or a station told of what goes wrong",
    load: () => import("./commands/notification.ts"),
  },
  {
    name: "ingest",
    summary: "make URLs by which webhooks become messages",
    load: () => import("./commands/ingest.ts"),
  },
  {
    name: "apply",
    summary: "make stations, schemas, users and what is theirs be as a file has them",
    load: () => import("./commands/apply.ts"),
  },
  {
    name: "export",
    summary: "print them as such a file",
    load: () => import("./commands/export.ts"),
  },
  {
    name: "context",
    summary: "keep servers and credentials under names",
    load: () => import("./commands/context.ts"),
  },
  {
    name: "completion",
    summary: "print what lets bash or zsh complete commands and names",
    load: () => import("./commands/completion.ts"),
  },
  {
    name: "stream",
    summary: "create, look at and change streams",
    load: () => import("./commands/stream.ts"),
  },
  {
    name: "consumer",
    summary: "create and look at consumers, and take messages from them",
    load: () => import("./commands/consumer.ts"),
  },
  {
    name: "bench",
    summary: "measure a server, in a minute",
    load: () => import("./commands/bench.ts"),
  },
  {
    name: "demo",
    summary: "send real data through a server and check every message",
    load: () => import("./commands/demo.ts"),
  },
];

/** The `oxbow` command with the subcommand that `argv` names loaded, and the others by name only. */
export async function createProgram(argv: readonly string[]): Promise<Command> {
  const program = new Command("oxbow")
    .description("Oxbow: a NATS-compatible broker whose acknowledgement means on disk.")
    .version(readVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    // What stands behind the name of a command is for that command, --version among it.
    .enablePositionalOptions()
    .addHelpText(
      "after",
      exampleText([
        "oxbow start",
        "oxbow station create orders",
        "oxbow produce orders '{\"id\":1}'",
        "oxbow consume orders --group billing",
      ]),
    );
  const called = argv.find((argument) => !argument.startsWith("-"));
  for (const entry of commands) {
    const command =
      entry.name === called ? (await entry.load()).createCommand() : new Command(entry.name);
    program.addCommand(command.summary(entry.summary));
  }
  program.action(() => {
    if (called !== undefined) throw unknownCommand(called);
    program.outputHelp();
  });
  program.allowExcessArguments(true);
  prepareCommand(program);
  return program;
}

/** Turns commander's own ways to print and exit into {@link UsageError}s, for a command and those below it. */
function prepareCommand(command: Command): void {
  command.configureOutput({ outputError: () => {}, writeErr: () => {} });
  command.exitOverride((error) => {
    if (error.exitCode === 0) throw error;
    throw new UsageError(describeUsageError(error, command));
  });
  for (const child of command.commands) prepareCommand(child);
}

function describeUsageError(error: CommanderError, command: Command): string {
  const path = commandPath(command);
  if (error.code === "commander.help") return `which of ${childNames(command)}? See ${path} --help`;
  const text = oneLine(error.message.replace(/^error: /, "")).replace(
    / \(Did you mean (.*\?)\)/,
    ": did you mean $1",
  );
  const hasSuggestion = text.includes(": did you mean");
  switch (error.code) {
    case "commander.missingArgument":
      return `${path}: ${text}: write ${path} ${command.usage()}`;
    case "commander.unknownOption":
    case "commander.unknownCommand":
      return `${path}: ${hasSuggestion ? text : `${text}: see ${path} --help`}`;
    case "commander.excessArguments":
      return `${path}: too many arguments: write ${path} ${command.usage()}, text with spaces in quotes`;
    case "commander.invalidArgument":
      return `${path}: ${text.replace(/^command-argument value/, "the value").replace(" for argument ", " for ")}`;
    default:
      return `${path}: ${text}`;
  }
}

function commandPath(command: Command): string {
  return command.parent === null
    ? command.name()
    : `${commandPath(command.parent)} ${command.name()}`;
}

function childNames(command: Command): string {
  return command.commands.map((child) => child.name()).join(", ");
}

function unknownCommand(name: string): UsageError {
  const names = commands.map((entry) => entry.name);
  const nearest = nearestWord(name, names);
  const hint =
    nearest === undefined ? `write one of ${names.join(", ")}` : `did you mean ${nearest}?`;
  return new UsageError(`unknown command "${name}": ${hint}`);
}

function readVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
