import { errorFactory, type OxbowError } from "@oxbow/base";
import type { ServerConfig } from "./config/index.ts";

/** Why a server did not start, where the cause lies outside it. */
export type StartErrorCode =
  | "PORT_IN_USE"
  | "PORT_FORBIDDEN"
  | "ADDRESS_UNAVAILABLE"
  | "DATA_LOCKED"
  | "DATA_UNWRITABLE"
  | "DISK_FULL";

const makeError = errorFactory<StartErrorCode>({
  PORT_IN_USE: { kind: "already-exists", retryable: true },
  PORT_FORBIDDEN: { kind: "permission-denied", retryable: false },
  ADDRESS_UNAVAILABLE: { kind: "invalid-argument", retryable: false },
  DATA_LOCKED: { kind: "conflict", retryable: true },
  DATA_UNWRITABLE: { kind: "permission-denied", retryable: false },
  DISK_FULL: { kind: "exhausted", retryable: true },
});

/** How the port is chosen that was to be listened on. */
interface ListeningOption {
  readonly flag: string;
  /** The port that there is no harm in. */
  readonly usual: number;
}

const mainPort: ListeningOption = { flag: "--port", usual: 4222 };
const httpPort: ListeningOption = { flag: "--http-port", usual: 9000 };
const memphisPort: ListeningOption = { flag: "--memphis-port", usual: 6666 };
const memphisRestPort: ListeningOption = { flag: "--memphis-rest-port", usual: 4444 };

/** What each code of the operating system means at the start, and what to do about it. */
const explanations: Readonly<
  Record<
    string,
    (
      config: ServerConfig & ListeningOption,
      cause: NodeJS.ErrnoException,
    ) => [StartErrorCode, string] | undefined
  >
> = {
  EADDRINUSE: ({ host, port, flag }) => [
    "PORT_IN_USE",
    `port ${port} on ${host} is in use: stop what listens there, or write ${flag} 0 to pick a free one`,
  ],
  EADDRNOTAVAIL: ({ host }) => [
    "ADDRESS_UNAVAILABLE",
    `${host} is not an address of this machine: write --host 127.0.0.1, or one it has`,
  ],
  ENOTFOUND: ({ host }) => [
    "ADDRESS_UNAVAILABLE",
    `the name ${host} is not known: write --host 127.0.0.1, or an address of this machine`,
  ],
  ELOCKED: ({ data }, cause) => {
    const holder = /(?:pid|process) (\d+)/.exec(cause.message)?.[1];
    const who = holder === undefined ? "another process" : `the process ${holder}`;
    return [
      "DATA_LOCKED",
      `the data directory ${data} is in use by ${who}: stop it, or write --data with another directory`,
    ];
  },
  EACCES: ({ port, data, flag, usual }, cause) =>
    cause.syscall === "listen"
      ? ["PORT_FORBIDDEN", `this user may not listen on port ${port}: write ${flag} ${usual}`]
      : [
          "DATA_UNWRITABLE",
          `this user may not write to ${data}: write --data with another directory`,
        ],
  EROFS: ({ data }) => [
    "DATA_UNWRITABLE",
    `${data} cannot be written to: write --data with another directory`,
  ],
  ENOTDIR: ({ data }) => [
    "DATA_UNWRITABLE",
    `${data} is not a directory: write --data with another one`,
  ],
  EEXIST: ({ data }) => [
    "DATA_UNWRITABLE",
    `${data} is not a directory: write --data with another one`,
  ],
  ENOENT: ({ data }, cause) =>
    cause.syscall === "mkdir"
      ? ["DATA_UNWRITABLE", `${data} cannot be made there: write --data with another directory`]
      : undefined,
  ENOSPC: ({ data }) => ["DISK_FULL", `the disk of ${data} is full: make room and start again`],
};

/**
 * The error as one that says what to do, if its cause is a known one outside the program; else the error itself.
 * The operating system's code is looked for in the error and its causes.
 */
export function explainStartFailure(error: unknown, config: ServerConfig): unknown {
  return explained(error, { ...config, ...mainPort });
}

/** The same where the port for clients of Memphis was to be listened on. */
export function explainMemphisFailure(error: unknown, config: ServerConfig): unknown {
  return explained(error, { ...config, port: config.memphisPort ?? 0, ...memphisPort });
}

/** The same where the port for the REST gateway of Memphis was to be listened on. */
export function explainMemphisRestFailure(error: unknown, config: ServerConfig): unknown {
  return explained(error, { ...config, port: config.memphisRestPort ?? 0, ...memphisRestPort });
}

/** The same where the port for HTTP was to be listened on. */
export function explainHttpFailure(error: unknown, config: ServerConfig, port: number): unknown {
  return explained(error, { ...config, port, ...httpPort });
}

function explained(error: unknown, config: ServerConfig & ListeningOption): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "";
    const explain = Object.hasOwn(explanations, code) ? explanations[code] : undefined;
    const explanation = explain?.(config, cause);
    if (explanation !== undefined) return makeStartError(...explanation, error);
  }
  return error;
}

function makeStartError(
  code: StartErrorCode,
  message: string,
  cause: unknown,
): OxbowError<StartErrorCode> {
  return makeError(code, message, { cause });
}
