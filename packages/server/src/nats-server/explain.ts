import type { NatsServerConfig } from "./config/server-config.ts";

/** A start that must not be; the message says what to do instead. */
export class StartRefusal extends Error {
  override readonly name = "StartRefusal";
}

/** What a failed start was about, in one line that says what to do. */
export function explainStartFailure(error: unknown, config: NatsServerConfig): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const text = explainCode(cause as NodeJS.ErrnoException, config);
    if (text !== undefined) return text;
  }
  if (!(error instanceof Error)) return String(error);
  // Errors with a code of ours carry a message for the user; of all others the stack is wanted.
  return error.name === "OxbowError" || error instanceof StartRefusal
    ? error.message
    : (error.stack ?? error.message);
}

function explainCode(
  error: NodeJS.ErrnoException & { readonly address?: string; readonly port?: number },
  { engine }: NatsServerConfig,
): string | undefined {
  const where = error.address === undefined ? "a port" : `${error.address}:${error.port ?? ""}`;
  switch (error.code) {
    case "EADDRINUSE":
      return `Error listening on port: ${where}, address already in use`;
    case "EADDRNOTAVAIL":
      return `Error listening on port: ${where}, not an address of this machine`;
    case "ENOTFOUND":
      return `Error listening on port: ${where}, the host name is not known`;
    case "EACCES":
      return error.syscall === "listen"
        ? `Error listening on port: ${where}, this user may not`
        : `Can't start JetStream: this user may not write to ${engine.dataDirectory}`;
    case "ELOCKED":
      return `Can't start JetStream: ${error.message}`;
    case "ENOTDIR":
    case "EEXIST":
      return `Can't start JetStream: ${engine.dataDirectory} is not a directory`;
    case "ENOENT":
      return error.syscall === "mkdir"
        ? `Can't start JetStream: ${engine.dataDirectory} cannot be made there`
        : undefined;
    case "EROFS":
      return `Can't start JetStream: ${engine.dataDirectory} can't be written to`;
    case "ERR_SSL_EE_KEY_TOO_SMALL":
      return "tls: the key of a certificate is too small: take one of RSA with 2048 bits or more, or of ECDSA or Ed25519";
    case "ENOSPC":
      return `Can't start JetStream: the disk of ${engine.dataDirectory} is full`;
    default:
      return undefined;
  }
}
