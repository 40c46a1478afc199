import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CommandFailure, oneLine } from "../failures.ts";
import { print, printJson } from "../output/print.ts";
import {
  commandFile,
  type ReadyServer,
  ServerProcess,
  withoutOxbowVariables,
} from "../own-server/server-process.ts";
import { withControl } from "../platform/control.ts";
import { type Act, type Chapter, station, storyOf } from "./story.ts";

/** Where programs find the packages of this one. */
const packageDirectory = fileURLToPath(new URL("../../", import.meta.url));
const usualPort = 4222;
const usualMemphisPort = 6666;
/** How long dead letters may take. */
const deadLetterMsMax = 60_000;
const lookMs = 100;

/** What the command was told. */
export interface QuickstartOptions {
  readonly data?: string;
  readonly port?: number;
  readonly exit?: boolean;
  readonly json?: boolean;
}

/**
 * Starts a server, shows what one does with it by doing that, and lets it run until a signal comes.
 *
 * @throws CommandFailure if anything comes out otherwise than it should
 */
export async function runQuickstart(options: QuickstartOptions): Promise<void> {
  const isTemporary = options.data === undefined;
  const data = isTemporary
    ? await mkdtemp(join(tmpdir(), "oxbow-quickstart-"))
    : resolve(options.data);
  try {
    const signal = signalled();
    const server = await startServer(data, options.port);
    try {
      await Promise.race([tellAll(server.ready, data, options), signal, failWhenEnded(server)]);
      if (options.exit !== true) await Promise.race([signal, failWhenEnded(server)]);
    } finally {
      await server.stop();
    }
  } finally {
    if (isTemporary) await rm(data, { recursive: true, force: true });
  }
}

function signalled(): Promise<void> {
  return new Promise((done) => {
    process.once("SIGINT", () => done());
    process.once("SIGTERM", () => done());
  });
}

async function failWhenEnded(server: ServerProcess): Promise<never> {
  throw new CommandFailure(await server.ended);
}

/** On the usual ports if nobody has them, so that what one types next needs no address. */
async function startServer(data: string, port: number | undefined): Promise<ServerProcess> {
  const [chosen, memphis] = await Promise.all([
    port ?? freeOr(usualPort),
    port === 0 ? 0 : freeOr(usualMemphisPort),
  ]);
  const ports = ["--port", String(chosen), "--memphis-port", String(memphis)];
  return ServerProcess.start([...ports, "--data", data, "--log", "warn"]);
}

/** The port, or 0 for any if somebody has it. */
function freeOr(port: number): Promise<number> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once("error", () => done(0));
    probe.listen(port, "127.0.0.1", () => probe.close(() => done(port)));
  });
}

async function tellAll(
  ready: ReadyServer,
  data: string,
  { json, exit, data: given }: QuickstartOptions,
): Promise<void> {
  const isJson = json === true;
  const isKept = given !== undefined;
  const { url, port, memphisPort } = ready;
  if (isJson) printJson({ event: "ready", url, port, memphisPort, data });
  else tellServer(ready, data);
  for (const [index, chapter] of storyOf(url).entries()) {
    await tellChapter(url, index + 2, chapter, isJson);
  }
  if (isJson) printJson({ event: "done", url });
  else if (exit !== true) print(nextSteps(ready, data, isKept));
}

function tellServer({ url, port }: ReadyServer, data: string): void {
  print("1. A server: one process, one directory.");
  print(`\n$ oxbow start --data ${data}${port === usualPort ? "" : ` --port ${port}`}`);
  print(`Oxbow is ready at ${url}`);
  if (port !== usualPort) {
    print(`\nElsewhere, commands need its address: export OXBOW_URL=${url}`);
  }
}

async function tellChapter(
  url: string,
  number: number,
  { title, acts }: Chapter,
  isJson: boolean,
): Promise<void> {
  if (!isJson) print(`\n${number}. ${title}`);
  for (const act of acts) {
    await untilDeadLetters(url, act.deadLetters);
    if (!isJson) print(`\n$ ${act.shown}`);
    if (!isJson && "program" in act.run) print(`${indented(act.run.program)}\n`);
    const { status, output } = await perform(url, act);
    if (isJson) printJson({ event: "command", command: act.shown, status, output });
    else print(output);
    if (status === act.status && act.tells.test(output)) continue;
    const text = `"${act.shown}" did not do what it should (status ${status}): ${oneLine(output)}`;
    throw new CommandFailure(`${text}: please report it`);
  }
}

async function untilDeadLetters(url: string, wanted: number | undefined): Promise<void> {
  if (wanted === undefined) return;
  const deadlineMs = performance.now() + deadLetterMsMax;
  await withControl({ server: url }, "oxbow quickstart", async (control) => {
    for (;;) {
      const { count } = await control.call("deadLetter.count", { station }, {});
      if (count === wanted) return;
      if (performance.now() > deadlineMs) {
        throw new CommandFailure(`there are ${count} dead letters, and should be ${wanted}`);
      }
      await delay(lookMs);
    }
  });
}

interface Performed {
  readonly status: number | null;
  /** Of both kinds, as it is on a terminal. */
  readonly output: string;
}

function perform(url: string, { run }: Act): Promise<Performed> {
  const args =
    "program" in run ? ["--input-type=module", "-e", run.program] : [commandFile, ...run.args];
  const child = spawn(process.execPath, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...withoutOxbowVariables(process.env), OXBOW_URL: url },
    ...("program" in run && { cwd: packageDirectory }),
  });
  // It may end without having read what it was given.
  child.stdin.on("error", () => undefined);
  child.stdin.end("program" in run ? "" : (run.stdin ?? ""));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (status) => done({ status, output: output.trimEnd() }));
  });
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "    ");
}

function nextSteps({ url, port, memphisPort }: ReadyServer, data: string, isKept: boolean): string {
  const server = port === usualPort ? "" : ` --server ${url}`;
  return `
All of it is there as long as this runs. What to try next, in another terminal:

  oxbow consume orders --group audit --json${server}
  oxbow group rewind orders billing --to beginning --dry-run${server}
  oxbow export${server}
  oxbow audit${server}
${isKept ? `  oxbow start --data ${data}   (once this has ended)\n` : ""}  an SDK of Memphis on port ${memphisPort ?? usualMemphisPort}: docs/migrate-from-memphis.md

Ctrl-C stops the server.`;
}
