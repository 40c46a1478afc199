import type { BulkRequests } from "../connection/bulk-requests.ts";
import type { Link } from "../connection/link.ts";
import type { Requests } from "../connection/requests.ts";
import type { Door } from "../lineage/stamp.ts";
import type { Herald } from "../presence/herald.ts";
import type { Routes } from "../stations/routes.ts";
import type { Tracing } from "../tracing/tracing.ts";
import type { MessageIds } from "./message-ids.ts";

/** What producers of all stations share. */
export interface ProducerServices {
  readonly link: Link;
  readonly requests: Requests;
  /** For many at once; made at its first use. */
  readonly bulks: () => BulkRequests;
  readonly routes: Routes;
  readonly ids: MessageIds;
  /** Announces producers. */
  readonly herald: Herald;
  /** By which messages come in. */
  readonly door: Door;
  /** Writes down what is produced. */
  readonly tracing: Tracing | undefined;
  /** The time, in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Messages of a station that may wait until it is known where they go. */
  readonly waitingMax: number;
  /** Called with each message that will have no acknowledgement because the client closes. */
  readonly onAbandoned: (message: Abandoned) => void;
}

/** A message that was not acknowledged when the client closed: it may be stored or not. */
export interface Abandoned {
  readonly station: string;
  readonly messageId: string;
  readonly key: string | undefined;
}
