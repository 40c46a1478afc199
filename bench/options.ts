import { parseArgs } from "node:util";

/** What a benchmark run does. */
export interface BenchOptions {
  /** The server in question, then its peers. */
  servers: readonly string[];
  /** Case names or their beginnings; empty = all. */
  only: readonly string[];
  rounds: number;
  secondsMeasured: number;
  secondsWarmup: number;
  /** Messages of the large store. */
  messages: number;
  /** Whether to pin the server to CPU 0 and the load to CPU 1. */
  isPinned: boolean;
  countsSyncs: boolean;
  /** Part of the result files' names. */
  name: string;
  /** Where data directories are made; `undefined` = inside `bench/`. */
  dir: string | undefined;
  /** Whether an unmet bar makes the exit status 1. */
  isCheck: boolean;
  isList: boolean;
  isHelp: boolean;
}

export const HELP = `Usage: npm run bench -- [options]

Runs Oxbow and nats-server in turn and compares them. Without options it takes about 25 minutes.

  --servers LIST   servers, the one in question first (oxbow,nats,nats-sync); "nats,nats" shows the
                   noise of the machine, "oxbow,oxbow=../other/packages/cli/bin/oxbow.js" two versions
  --only LIST      cases, or beginnings of their names: --only durable.async,core.1
  --rounds N       rounds (5); every other one runs in reverse order
  --seconds S      measured seconds per run (3)
  --warmup S       seconds before that (1)
  --messages N     messages of the large store (10000000)
  --quick          a look in a minute: one round of short runs, a small store, no sync counting
  --no-syncs       do not repeat runs under strace to count the syncs of servers that do not tell
  --pin            server on CPU 0, load on CPU 1
  --name NAME      in the names of the result files (full, quick or partial)
  --dir DIR        where to put data directories (bench/.data)
  --check          exit with 1 if a bar is not met
  --list           list the cases
  --help           this text

Example: npm run bench -- --only durable.async.128 --rounds 7
`;

function splitList(text: string | undefined): string[] {
  return (text ?? "").split(",").filter((item) => item !== "");
}

function positive(name: string, text: string, isWhole: boolean): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value) || (isWhole && !Number.isInteger(value))) {
    throw new Error(`--${name} takes a ${isWhole ? "whole " : ""}number above 0, not "${text}"`);
  }
  return value;
}

/**
 * Reads the command line.
 *
 * @throws Error that says what to write instead.
 */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    allowPositionals: false,
    options: {
      servers: { type: "string", default: "oxbow,nats,nats-sync" },
      only: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      warmup: { type: "string" },
      messages: { type: "string" },
      quick: { type: "boolean", default: false },
      "no-syncs": { type: "boolean", default: false },
      pin: { type: "boolean", default: false },
      name: { type: "string" },
      dir: { type: "string" },
      check: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const isQuick = values.quick;
  const only = splitList(values.only);
  const servers = splitList(values.servers);
  if (servers.length === 0) throw new Error("--servers needs at least one server");
  return {
    servers,
    only,
    rounds: positive("rounds", values.rounds ?? (isQuick ? "1" : "5"), true),
    secondsMeasured: positive("seconds", values.seconds ?? (isQuick ? "0.5" : "3"), false),
    secondsWarmup: positive("warmup", values.warmup ?? (isQuick ? "0.3" : "1"), false),
    messages: positive("messages", values.messages ?? (isQuick ? "100000" : "10000000"), true),
    isPinned: values.pin,
    countsSyncs: !values["no-syncs"] && !isQuick,
    name: values.name ?? (isQuick ? "quick" : only.length > 0 ? "partial" : "full"),
    dir: values.dir,
    isCheck: values.check,
    isList: values.list,
    isHelp: values.help,
  };
}
