import { execFile } from "node:child_process";

/** What a run of the command printed, on both streams. */
export interface Output {
  readonly status: number;
  readonly text: string;
}

/** Runs the `nats` command line in a home directory of its own, where it has no contexts but those made there. */
export function runNats(
  command: string,
  home: string,
  args: readonly string[],
  input = "",
): Promise<Output> {
  return new Promise((resolve) => {
    const env = { PATH: process.env["PATH"], HOME: home, XDG_CONFIG_HOME: home, NO_COLOR: "1" };
    const options = { env, cwd: home, timeout: 60_000, maxBuffer: 16 * 1024 * 1024 };
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : Number(error.code ?? 1);
      resolve({ status, text: `${stdout}${stderr}` });
    });
    // It may end without having read what it was given.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
