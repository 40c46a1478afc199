import { JetStreamApiError } from "@nats-io/jetstream";
import { platformError } from "../control/platform-errors.ts";

/** JetStream's codes (errors.json of nats-server). */
const code = {
  consumerNotFound: 10014,
  streamNotFound: 10059,
  messageNotFound: 10037,
  nameInUse: 10013,
  activeInUse: 10105,
  alreadyExists: 10148,
  doesNotExist: 10149,
  consumersExceeded: 10026,
  replicasExceeded: 10126,
  storageExceeded: 10047,
  memoryExceeded: 10028,
  multipleUnfiltered: 10099,
  notUnique: 10100,
  notFromTheBeginning: 10101,
  invalidReset: 10204,
} as const;
const inUse: readonly number[] = [code.nameInUse, code.activeInUse, code.alreadyExists];
const gone: readonly number[] = [code.consumerNotFound, code.doesNotExist];
const unavailable: readonly number[] = [
  code.consumersExceeded,
  code.replicasExceeded,
  code.storageExceeded,
  code.memoryExceeded,
];
const workQueue: readonly number[] = [
  code.multipleUnfiltered,
  code.notUnique,
  code.notFromTheBeginning,
];

/** Whether the server says that the consumer, its stream or the message is not there. */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof JetStreamApiError &&
    [...gone, code.streamNotFound, code.messageNotFound].includes(error.code)
  );
}

/** Puts what JetStream refuses in words of groups. */
export async function explained<T>(
  station: string,
  group: string,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    const options = { cause: error };
    const who = `group ${group} of station ${station}`;
    if (error.code === code.streamNotFound) {
      const text = `station ${station} is gone, or a partition of it: look at its problems`;
      throw platformError("STATION_NOT_FOUND", text, options);
    }
    if (gone.includes(error.code)) {
      const text = `${who} is gone, or a part of it: create it again`;
      throw platformError("GROUP_NOT_FOUND", text, options);
    }
    if (inUse.includes(error.code)) {
      const text = `${who}: there is a consumer of the name with other settings: edit it, or choose another name`;
      throw platformError("GROUP_EXISTS", text, options);
    }
    if (unavailable.includes(error.code)) {
      throw platformError("GROUP_UNAVAILABLE", `${who}: ${error.message}`, options);
    }
    if (workQueue.includes(error.code)) {
      const text = `${who}: the stream is a work queue, each message of which is for one group and gone once it is acknowledged: ${error.message}`;
      throw platformError("GROUP_FIXED", text, options);
    }
    if (error.code === code.invalidReset) {
      throw platformError("GROUP_FIXED", `${who}: ${error.message}`, options);
    }
    throw platformError("GROUP_INVALID", `${who}: ${error.message}`, options);
  }
}
