import { listOf, nullable } from "../../json/collection-shapes.ts";
import { flag, integer, text, timestamp } from "../../json/scalar-shapes.ts";
import type { Shape } from "../../json/shape.ts";
import { always, optional, struct } from "../../json/struct-shape.ts";
import type { Timestamp } from "../../time/timestamp.ts";
import { type StreamConfig, streamConfigShape } from "./stream-config.ts";

/** Body of STREAM.SNAPSHOT. */
export interface SnapshotRequest {
  /** Where the chunks go. */
  readonly deliver_subject: string;
  readonly no_consumers: boolean;
  /** Bytes of a chunk; 0 for the default. */
  readonly chunk_size: number;
  /** Bytes that may be under way; 0 for the default. */
  readonly window_size: number;
  /** Whether all messages are read and checked before. */
  readonly jsck: boolean;
}

export const snapshotRequestShape: Shape<SnapshotRequest> = struct<SnapshotRequest>(
  "JSApiStreamSnapshotRequest",
  {
    deliver_subject: always(text),
    no_consumers: optional(flag),
    chunk_size: optional(integer("int")),
    window_size: optional(integer("int")),
    jsck: optional(flag),
  },
);

/** What a stream was when its archive was made. Only its ends are of interest; the archive has the rest. */
interface RestoredState {
  readonly messages: number;
  readonly bytes: number;
  readonly first_seq: number;
  readonly first_ts: Timestamp | null;
  readonly last_seq: number;
  readonly last_ts: Timestamp | null;
  readonly num_subjects: number;
  readonly subjects: null;
  readonly num_deleted: number;
  readonly deleted: readonly number[];
  readonly lost: null;
  readonly consumer_count: number;
}

/** A member whose content is not looked at. */
const ignored: Shape<null> = {
  goType: "any",
  zero: () => null,
  read: () => null,
  write: () => null,
  isEmpty: () => true,
};

const stateShape: Shape<RestoredState> = struct<RestoredState>("StreamState", {
  messages: always(integer("uint64")),
  bytes: always(integer("uint64")),
  first_seq: always(integer("uint64")),
  first_ts: always(timestamp),
  last_seq: always(integer("uint64")),
  last_ts: always(timestamp),
  num_subjects: optional(integer("int")),
  subjects: optional(ignored),
  num_deleted: optional(integer("int")),
  deleted: optional(listOf(integer("uint64"))),
  lost: optional(nullable(ignored)),
  consumer_count: always(integer("int")),
});

/** Body of STREAM.RESTORE. */
export interface RestoreRequest {
  readonly config: StreamConfig;
  readonly state: RestoredState;
}

export const restoreRequestShape: Shape<RestoreRequest> = struct<RestoreRequest>(
  "JSApiStreamRestoreRequest",
  { config: always(streamConfigShape), state: always(stateShape) },
);
