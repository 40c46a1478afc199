import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** What `--signal` can ask of a running server, and the signal that asks it. */
const signals: Readonly<Record<string, NodeJS.Signals>> = {
  stop: "SIGKILL",
  quit: "SIGINT",
  term: "SIGTERM",
  reopen: "SIGUSR1",
  reload: "SIGHUP",
  ldm: "SIGUSR2",
};

/** How processes are found and reached; replaced in tests. */
export interface Processes {
  /** Ids of running servers, or `undefined` where that cannot be found out. */
  find(): readonly number[] | undefined;
  kill(pid: number, signal: NodeJS.Signals): void;
}

/** Those of this machine. */
export const machineProcesses: Processes = {
  find: findServers,
  kill: (pid, signal) => void process.kill(pid, signal),
};

/**
 * Does what `--signal <command>[=<pid>]` asks. The process is given by its id, by a file that holds it, or by the
 * beginning of ids and a `*`; without one there must be exactly one server.
 *
 * @returns What went wrong, or `undefined`.
 */
export function sendSignal(request: string, processes: Processes): string | undefined {
  const [command = "", given, ...more] = request.split("=");
  if (more.length > 0) return `invalid signal parameters: [${more.join(" ")}]`;
  const expression = given === undefined ? "" : readPidFile(given);
  const isGlob = expression.endsWith("*");
  const prefix = isGlob ? expression.slice(0, -1) : expression;
  if (prefix !== "" && !/^\d+$/.test(prefix)) return `invalid pid: ${prefix}`;
  const running = prefix === "" || isGlob ? processes.find() : [Number(prefix)];
  if (running === undefined) return "unable to resolve pid, try providing one";
  if (running.length > 1 && !isGlob) {
    return `multiple nats-server processes running:\n${running.join("\n")}`;
  }
  if (running.length === 0) return "no nats-server processes running";
  const signal = Object.hasOwn(signals, command) ? signals[command] : undefined;
  if (signal === undefined) return `unknown signal "${command}"`;
  const failures: string[] = [];
  for (const pid of running.filter((id) => String(id).startsWith(prefix))) {
    try {
      processes.kill(pid, signal);
    } catch (error) {
      failures.push(`\nsignal "${command}" ${pid}: ${describeFailure(error)}`);
    }
  }
  return failures.length === 0 ? undefined : failures.join("");
}

function describeFailure(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ESRCH":
      return "no such process";
    case "EPERM":
      return "operation not permitted";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** What a file holds, or the text itself where there is no such file. */
function readPidFile(text: string): string {
  try {
    return readFileSync(text, "utf8").trim();
  } catch {
    return text;
  }
}

/** Servers are found by the title they give their process. */
function findServers(): readonly number[] | undefined {
  try {
    const output = execFileSync("pgrep", ["nats-server"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ids = output.split("\n").filter((line) => line !== "");
    return ids.map(Number).filter((pid) => pid !== process.pid);
  } catch (error) {
    // pgrep says with status 1 that there is none.
    return (error as { status?: unknown }).status === 1 ? [] : undefined;
  }
}
