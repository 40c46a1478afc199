import { JetStreamApiError, type JetStreamClient } from "@nats-io/jetstream";
import { causeOf, OxbowError } from "@oxbow/base";
import { httpError } from "./errors.ts";

/** JetStream's codes (errors.json of nats-server). */
const code = {
  streamNotFound: 10059,
  nameInUse: 10058,
  messageNotFound: 10037,
  wrongLastSequence: 10071,
  wrongLastSequenceUnknown: 10164,
  storeFailed: 10077,
  resourcesExceeded: 10023,
  storageExceeded: 10047,
  memoryExceeded: 10028,
  messageTooLarge: 10054,
} as const;

const full: readonly number[] = [
  code.storeFailed,
  code.resourcesExceeded,
  code.storageExceeded,
  code.memoryExceeded,
];

/** The code of JetStream's that something failed with; 0 for none. */
function jetStreamCodeOf(error: unknown): number {
  return causeOf(error, JetStreamApiError)?.code ?? 0;
}

function isMissingStream(error: unknown): boolean {
  // The official client has errors without a code for it.
  return (
    jetStreamCodeOf(error) === code.streamNotFound ||
    (error instanceof Error && /^(stream|object store|kv|bucket).* not found$/i.test(error.message))
  );
}

export function isMissingMessage(error: unknown): boolean {
  return (
    jetStreamCodeOf(error) === code.messageNotFound ||
    (error instanceof Error && /message not found/i.test(error.message))
  );
}

export function isWrongRevision(error: unknown): boolean {
  const found = jetStreamCodeOf(error);
  return found === code.wrongLastSequence || found === code.wrongLastSequenceUnknown;
}

/**
 * What JetStream has against something, in words of HTTP; anything else as it is.
 *
 * @param what - It is asked of, such as `bucket settings`.
 */
export function storeFailure(what: string, error: unknown): unknown {
  if (error instanceof OxbowError) return error;
  const options = { cause: error as Error };
  const found = jetStreamCodeOf(error);
  const { message } = error as Error;
  if (isMissingStream(error)) {
    return httpError("BUCKET_NOT_FOUND", `there is no ${what}: create it with PUT`, options);
  }
  if (found === code.nameInUse) {
    const text = `there is a ${what} with other settings: delete it first, or ask for the same`;
    return httpError("BUCKET_EXISTS", text, options);
  }
  if (found === code.messageTooLarge) {
    return httpError("VALUE_TOO_LARGE", `${what}: ${message}`, options);
  }
  if (full.includes(found)) return httpError("BUCKET_FULL", `${what}: ${message}`, options);
  if (found !== 0) return httpError("HTTP_REQUEST_INVALID", `${what}: ${message}`, options);
  if (error instanceof Error && error.name === "InvalidArgumentError") {
    return httpError("HTTP_REQUEST_INVALID", `${what}: ${message}`, options);
  }
  return error;
}

/**
 * Whether what was asked for is what there is.
 *
 * @throws OxbowError `BUCKET_EXISTS`
 */
export function checkSame(what: string, asked: object, there: object): void {
  const found = there as Readonly<Record<string, unknown>>;
  for (const [field, value] of Object.entries(asked)) {
    if (value === undefined || found[field] === value) continue;
    const text = `there is a ${what} with other settings (${field} is ${JSON.stringify(found[field])}): delete it first, or ask for the same`;
    throw httpError("BUCKET_EXISTS", text);
  }
}

/** Deletes the stream of something. @returns Whether there was one. */
export async function deleteStream(
  jetstream: JetStreamClient,
  what: string,
  stream: string,
): Promise<boolean> {
  const manager = await jetstream.jetstreamManager();
  try {
    return await manager.streams.delete(stream);
  } catch (error) {
    if (isMissingStream(error)) return false;
    throw storeFailure(what, error);
  }
}
