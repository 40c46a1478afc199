/** Runs command lines one after the other, as the `oxbow` command does, in a process of its own: what it prints it sends. */
import { main } from "@oxbow/cli";

export interface CommandLine {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface CommandOutcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

let stdout = "";
let stderr = "";
process.stdout.write = ((text: string | Uint8Array): boolean => {
  stdout += Buffer.from(text).toString();
  return true;
}) as typeof process.stdout.write;
process.stderr.write = ((text: string | Uint8Array): boolean => {
  stderr += Buffer.from(text).toString();
  return true;
}) as typeof process.stderr.write;
process.stdout.setMaxListeners(0);
process.setMaxListeners(0);

process.on("message", ({ argv, env }: CommandLine) => {
  stdout = "";
  stderr = "";
  process.exitCode = undefined;
  Object.assign(process.env, env);
  void main(argv).then((status) => process.send?.({ status, stdout, stderr }));
});
