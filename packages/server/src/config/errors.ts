import { errorFactory, type OxbowError } from "@oxbow/base";
import type { ConfigProblem } from "./source.ts";

/** Why a configuration was refused. */
export type ConfigErrorCode = "CONFIG_INVALID" | "CONFIG_FILE_UNREADABLE";

const makeError = errorFactory<ConfigErrorCode>({
  CONFIG_INVALID: { kind: "invalid-argument", retryable: false },
  CONFIG_FILE_UNREADABLE: { kind: "not-found", retryable: false },
});

/** Everything that is wrong, one problem a line: `origin: message`. */
export function invalidConfig(problems: readonly ConfigProblem[]): OxbowError<ConfigErrorCode> {
  const lines = problems.map(({ origin, message }) => `${origin}: ${message}`);
  return makeError("CONFIG_INVALID", lines.join("\n"));
}

/** The file that was named could not be read. */
export function unreadableConfigFile(
  path: string,
  cause: unknown,
  flag = "--config",
): OxbowError<ConfigErrorCode> {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const reason = code === "ENOENT" ? "there is no such file" : String((cause as Error).message);
  const options = { cause };
  return makeError("CONFIG_FILE_UNREADABLE", `${flag} ${path}: ${reason}`, options);
}
