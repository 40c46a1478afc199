import { CommanderError } from "commander";
import { CommandFailure, oneLine, UsageError } from "./failures.ts";
import { createProgram } from "./program.ts";

/** What the scripts of shells ask: `oxbow __complete -- WORD…`. */
const completeCommand = "__complete";

/**
 * Runs one command line (without `node` and the script) and resolves to the exit status: 0 when it did what was
 * asked, 1 when it failed, 2 when the command line is wrong. Failures are one line on stderr.
 */
export async function main(argv: readonly string[]): Promise<number> {
  endQuietlyOnClosedPipe();
  if (argv[0] === completeCommand) {
    const { runComplete } = await import("./completion/run-complete.ts");
    await runComplete(argv.slice(1), createProgram);
  }
  try {
    const program = await createProgram(argv);
    await program.parseAsync(argv, { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : 0;
  } catch (error) {
    // Help and the version are thrown by commander once they are printed.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof UsageError) {
    // A configuration may have several problems; each has its own line.
    for (const line of error.message.split("\n")) complain(line);
    return 2;
  }
  if (error instanceof CommandFailure) {
    complain(oneLine(error.message));
    return 1;
  }
  // Anything else is a bug of ours: its stack is what a report of it needs.
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`oxbow: unexpected failure, please report it: ${text}\n`);
  return 1;
}

/** Says who complains, unless the line starts with the command already. */
function complain(line: string): void {
  process.stderr.write(/^oxbow[ :]/.test(line) ? `${line}\n` : `oxbow: ${line}\n`);
}

/** `oxbow sub orders | head` closes the pipe early, which is an end and no failure. */
function endQuietlyOnClosedPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}
