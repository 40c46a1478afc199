import { JetStreamApiError } from "@nats-io/jetstream";
import { platformError } from "oxbow/internal";

/** JetStream's codes (errors.json of nats-server). */
const code = {
  streamNameInUse: 10058,
  sequenceNotFound: 10043,
  deleteFailed: 10057,
  replicasNotSupported: 10074,
  streamsExceeded: 10027,
  subjectOverlap: 10065,
  storageExceeded: 10047,
  memoryExceeded: 10028,
} as const;
const unavailable: readonly number[] = [
  code.replicasNotSupported,
  code.streamsExceeded,
  code.storageExceeded,
  code.memoryExceeded,
];

/** Puts what JetStream refuses in words of stations. */
export async function explained<T>(name: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    const { message } = error;
    const options = { cause: error };
    if (isApiError(error, code.streamNameInUse)) {
      const text = `what is left of a station ${name} has other settings: delete it first`;
      throw platformError("STATION_EXISTS", text, options);
    }
    if (isApiError(error, code.subjectOverlap)) {
      const text = `the subjects of station ${name} belong to another stream: choose another name`;
      throw platformError("STATION_EXISTS", text, options);
    }
    if (unavailable.includes(error.code)) {
      throw platformError("STATION_UNAVAILABLE", `station ${name}: ${message}`, options);
    }
    throw platformError("STATION_INVALID", `station ${name}: ${message}`, options);
  }
}

/** With files, nats-server knows a message before the first or behind the last by words of its own. */
export function isMissingMessage(error: unknown): boolean {
  if (isApiError(error, code.sequenceNotFound)) return true;
  return (
    isApiError(error, code.deleteFailed) &&
    /^(?:no message found|stream store EOF)$/.test((error as Error).message)
  );
}

function isApiError(error: unknown, wanted: number): boolean {
  return error instanceof JetStreamApiError && error.code === wanted;
}
