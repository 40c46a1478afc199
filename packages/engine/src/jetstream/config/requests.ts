import { listOf } from "../../json/collection-shapes.ts";
import { flag, integer, text, timestamp } from "../../json/scalar-shapes.ts";
import type { Shape } from "../../json/shape.ts";
import { always, embedded, type Fields, optional, struct } from "../../json/struct-shape.ts";
import type { Timestamp } from "../../time/timestamp.ts";

/** A request for one page of a list. */
export interface PagedRequest {
  readonly offset: number;
}

const paged: Fields<PagedRequest> = embedded<PagedRequest>("ApiPagedRequest", {
  offset: always(integer("int")),
});

/** Body of STREAM.INFO. */
export interface StreamInfoRequest extends PagedRequest {
  readonly deleted_details: boolean;
  /** Which subjects to count messages of; empty for none. */
  readonly subjects_filter: string;
}

export const streamInfoRequestShape: Shape<StreamInfoRequest> = struct<StreamInfoRequest>(
  "JSApiStreamInfoRequest",
  { ...paged, deleted_details: optional(flag), subjects_filter: optional(text) },
);

/** Body of STREAM.NAMES and STREAM.LIST. */
export interface StreamListRequest extends PagedRequest {
  /** Only streams that have a subject in common with this; empty for all. */
  readonly subject: string;
}

export const streamNamesRequestShape: Shape<StreamListRequest> = struct<StreamListRequest>(
  "JSApiStreamNamesRequest",
  { ...paged, subject: optional(text) },
);

export const streamListRequestShape: Shape<StreamListRequest> = struct<StreamListRequest>(
  "JSApiStreamListRequest",
  { ...paged, subject: optional(text) },
);

/** Body of CONSUMER.NAMES and CONSUMER.LIST. */
export const consumerListRequestShape: Shape<PagedRequest> = struct<PagedRequest>(
  "JSApiConsumersRequest",
  paged,
);

/** Body of CONSUMER.PAUSE. */
export interface ConsumerPauseRequest {
  /** `null` to resume. */
  readonly pause_until: Timestamp | null;
}

export const consumerPauseRequestShape: Shape<ConsumerPauseRequest> = struct<ConsumerPauseRequest>(
  "JSApiConsumerPauseRequest",
  { pause_until: optional(timestamp) },
);

/** Body of CONSUMER.UNPIN. */
export interface ConsumerUnpinRequest {
  readonly group: string;
}

export const consumerUnpinRequestShape: Shape<ConsumerUnpinRequest> = struct<ConsumerUnpinRequest>(
  "JSApiConsumerUnpinRequest",
  { group: always(text) },
);

/** Body of CONSUMER.RESET. */
export interface ConsumerResetRequest {
  /** 0 for back to the ack floor. */
  readonly seq: number;
}

export const consumerResetRequestShape: Shape<ConsumerResetRequest> = struct<ConsumerResetRequest>(
  "JSApiConsumerResetRequest",
  { seq: optional(integer("uint64")) },
);

/** Body of STREAM.PURGE. `seq` and `keep` exclude each other; 0 is not said. */
export interface StreamPurgeRequest {
  readonly seq: number;
  readonly filter: string;
  readonly keep: number;
}

export const streamPurgeRequestShape: Shape<StreamPurgeRequest> = struct<StreamPurgeRequest>(
  "JSApiStreamPurgeRequest",
  { seq: optional(integer("uint64")), filter: optional(text), keep: optional(integer("uint64")) },
);

/** Body of STREAM.MSG.DELETE. */
export interface MessageDeleteRequest {
  readonly seq: number;
  readonly no_erase: boolean;
}

export const messageDeleteRequestShape: Shape<MessageDeleteRequest> = struct<MessageDeleteRequest>(
  "JSApiMsgDeleteRequest",
  { seq: always(integer("uint64")), no_erase: optional(flag) },
);

/** Body of STREAM.MSG.GET and DIRECT.GET. */
export interface MessageGetRequest {
  readonly seq: number;
  readonly last_by_subj: string;
  readonly next_by_subj: string;
  readonly batch: number;
  readonly max_bytes: number;
  readonly start_time: Timestamp | null;
  readonly multi_last: readonly string[];
  readonly up_to_seq: number;
  readonly up_to_time: Timestamp | null;
  readonly no_hdr: boolean;
}

export const messageGetRequestShape: Shape<MessageGetRequest> = struct<MessageGetRequest>(
  "JSApiMsgGetRequest",
  {
    seq: optional(integer("uint64")),
    last_by_subj: optional(text),
    next_by_subj: optional(text),
    batch: optional(integer("int")),
    max_bytes: optional(integer("int")),
    start_time: optional(timestamp),
    multi_last: optional(listOf(text)),
    up_to_seq: optional(integer("uint64")),
    up_to_time: optional(timestamp),
    no_hdr: optional(flag),
  },
);

/** Whether a body says nothing, as requests that take none must: no bytes at all, or an object without members. */
export function isEmptyRequest(bytes: Buffer): boolean {
  return (
    bytes.length === 0 || /^[ \t\r\n]*\{[ \t\r\n]*\}[ \t\r\n]*$/.test(bytes.toString("latin1"))
  );
}
