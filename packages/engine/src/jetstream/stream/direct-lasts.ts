import { type Log, RecordView } from "@oxbow/log";
import type { MessageGetRequest } from "../config/requests.ts";
import type { StreamConfig } from "../config/stream-config.ts";
import { type DirectMessage, DirectProgress, directMessage } from "./direct-message.ts";
import { sequenceSince } from "./message-time.ts";
import { readRecord } from "./read-record.ts";
import { lastSequences } from "./subject-search.ts";

/** Subjects whose last messages one request can ask for. */
const LASTS_MAX = 1024;
/** How often the last messages are looked for anew because one went while they were read from the disk. */
const ATTEMPTS_MAX = 8;

/** What a request for the last messages of some subjects gets. */
export type LastsAnswer =
  | {
      readonly messages: readonly DirectMessage[];
      readonly progress: DirectProgress;
      /** They are the last ones up to this sequence. */
      readonly upToSequence: number;
    }
  | "too many"
  | "none";

/**
 * The last messages of the subjects that `multi_last` means, all as they were at one moment: where reading must wait for
 * the disk and one of them is replaced meanwhile, all are looked for again.
 */
export async function readLasts(
  { name, storage }: Pick<StreamConfig, "name" | "storage">,
  log: Log,
  request: MessageGetRequest,
): Promise<LastsAnswer> {
  // As nats-server has it: with files there is nothing up to where the stream has not come yet, in memory there is.
  if (storage === "file" && request.up_to_seq > log.lastSequence) return "none";
  for (let attempt = 1; ; attempt++) {
    // Without waiting if it can be helped: the end and the sequences must be those of one moment.
    const { up_to_time: upToTime } = request;
    const upToSequence =
      upToTime === null ? endOf(log, request) : (await sequenceSince(log, upToTime)) - 1;
    const sequences = lastSequences(log, request.multi_last, upToSequence);
    if (sequences.length > LASTS_MAX) return "too many";
    if (sequences.length === 0) return "none";
    const progress = new DirectProgress(sequences.length, request.max_bytes);
    const canRepeat = attempt < ATTEMPTS_MAX;
    const messages = await read(name, log, request, sequences, progress, canRepeat);
    if (messages !== undefined) return { messages, progress, upToSequence };
  }
}

/** The messages at `sequences`; `undefined` if one went meanwhile and `canRepeat`, else it is left out. */
async function read(
  streamName: string,
  log: Log,
  request: MessageGetRequest,
  sequences: readonly number[],
  progress: DirectProgress,
  canRepeat: boolean,
): Promise<DirectMessage[] | undefined> {
  const messages: DirectMessage[] = [];
  const view = new RecordView();
  for (const sequence of sequences) {
    progress.pending--;
    if (sequence < request.seq) continue;
    if (!(await readRecord(log, sequence, view, "found"))) {
      // What is damaged is still there, and stays damaged.
      if (canRepeat && log.subjectIdOf(sequence) === 0) return undefined;
      continue;
    }
    // The headers come whatever the request says: without them nobody could tell the subjects apart.
    messages.push(directMessage(streamName, view, progress.entries));
    progress.add(view);
    if (progress.isFull || messages.length === request.batch) break;
  }
  return messages;
}

/** The last sequence that counts, if no instant is given. */
function endOf(log: Log, { up_to_seq: upToSequence }: MessageGetRequest): number {
  return upToSequence > 0 ? upToSequence : log.lastSequence;
}
