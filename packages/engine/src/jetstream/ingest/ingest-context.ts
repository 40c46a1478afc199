import type { Clock } from "@oxbow/base";
import type { Log, LogStore } from "@oxbow/log";
import type { MessageView } from "../../routing/message.ts";
import type { SubjectTransform } from "../../subjects/subject-transform.ts";
import type { Advisories } from "../advisories.ts";
import type { JsApiError } from "../config/errors.ts";
import type { StreamConfig } from "../config/stream-config.ts";
import type { Schedules } from "../schedule/schedules.ts";
import type { Sender } from "../sender.ts";
import type { DuplicateWindow } from "../stream/duplicate-window.ts";
import type { AckOwner, PublishAcks } from "../stream/publish-acks.ts";
import type { Republisher } from "../stream/republisher.ts";
import type { TurnClock } from "../turn-clock.ts";
import type { AtomicBatches } from "./atomic-batches.ts";
import type { CounterTotals } from "./counter-totals.ts";
import type { FastBatches } from "./fast-batches.ts";
import type { IngestRoom } from "./ingest-room.ts";
import type { WaitingLine } from "./waiting-line.ts";

/** What a stream lends to its door. */
export interface IngestContext extends AckOwner {
  /** For what happens when nothing comes. */
  readonly clock: Clock;
  /** The time of a message. */
  readonly turnClock: TurnClock;
  readonly store: LogStore;
  readonly log: Log;
  readonly sender: Sender;
  readonly acks: PublishAcks;
  readonly duplicates: DuplicateWindow;
  readonly config: StreamConfig;
  readonly ingestRoom: IngestRoom;
  readonly advisories: Advisories;
  /** Level of the API that this server has. */
  readonly apiLevel: number;
  readonly atomicBatches: AtomicBatches;
  readonly fastBatches: FastBatches;
  /** Where messages wait for what is read from the disk. */
  readonly waiting: WaitingLine;
  /** What the counters stand at, if it is a stream of counters. */
  readonly counters: CounterTotals | undefined;
  /** Whether the configuration asks nothing of a message but to be stored, so that it need not be looked at. */
  readonly isPlain: boolean;
  /** What subjects become before anything else is looked at. */
  readonly inputTransform: SubjectTransform | undefined;
  /** Is given what was stored, to publish it again. */
  readonly republisher: Republisher | undefined;
  /** The schedules among the messages, in a stream that allows them. */
  readonly schedules: Schedules | undefined;
  /** The id of the last message stored with one, `""` if the last message has none. */
  lastMessageId: string;
  /** Whether somebody wants the message, or it is kept in any case. */
  isWanted(message: MessageView): boolean;
  /** Takes room for `charge` bytes of this kind of storage; an error if the server or the account has no more. */
  takeRoom(charge: number): JsApiError | undefined;
  /** So much waits for the disk that the publisher of `message` should be slowed down. */
  onPressure(message: MessageView): void;
}

/** Whether a stream of this configuration stores every message that has no say in it; limits are the log's business. */
export function isPlain(config: StreamConfig, { limits }: IngestRoom): boolean {
  if (limits.bufferedMessagesMax > 0 || limits.bufferedBytesMax > 0) return false;
  if (config.sealed || config.no_ack || config.allow_msg_counter) return false;
  if (config.retention === "interest") return false;
  if (config.allow_msg_schedules) return false;
  if (config.subject_transform !== null || config.republish !== null) return false;
  return config.discard === "old" && config.max_msg_size < 0;
}
