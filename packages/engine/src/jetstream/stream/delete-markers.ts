import { RecordView } from "@oxbow/log";
import { formatGoDuration } from "@oxbow/wire/go-text";
import { encodeHeaders, findHeader, type HeaderValue } from "@oxbow/wire/nats";
import { MessageView } from "../../routing/message.ts";
import { giveArrival, takeArrival } from "../ingest/arrival.ts";
import type { IngestContext } from "../ingest/ingest-context.ts";
import { takeSingle } from "../ingest/single-publish.ts";
import type { EndOfMessages } from "./expiry.ts";

const MARKER_REASON = Buffer.from("Nats-Marker-Reason");
const KEY_VALUE_OPERATION = Buffer.from("KV-Operation");
const PURGE = Buffer.from("PURGE");
const SECOND = 1_000_000_000n;

/**
 * Leaves a marker where the last message of a subject ends (ADR-43), in the same commit, so that whoever follows the
 * stream hears of it. A marker that ends, or the marker of a purged key, leaves none.
 */
export class DeleteMarkers implements EndOfMessages {
  readonly #context: IngestContext;
  readonly #view = new RecordView();
  readonly #headers: Buffer;

  /** @param lifetimeNs - How long a marker stays. */
  constructor(context: IngestContext, lifetimeNs: bigint) {
    this.#context = context;
    this.#headers = encodeHeaders(undefined, [
      ["Nats-Marker-Reason", "MaxAge"],
      ["Nats-TTL", formatGoDuration((lifetimeNs / SECOND) * SECOND)],
      ["Nats-Rollup", "sub"],
    ]);
  }

  end(sequence: number, done: (error: Error | null) => void): boolean {
    const { log } = this.#context;
    const isLast = log.subjects.count(log.subjectIdOf(sequence)) === 1;
    if (!isLast) {
      log.remove(sequence);
      return true;
    }
    if (!log.hasHeaders(sequence)) {
      this.#mark(sequence);
      return true;
    }
    const result = log.read(sequence, this.#view);
    if (result === "pending") {
      log.load(sequence, done);
      return false;
    }
    if (result === "ready" && !this.#isMarker()) this.#mark(sequence);
    else log.remove(sequence);
    return true;
  }

  /** Whether the message in view says itself that there is nothing any more. */
  #isMarker(): boolean {
    const { bytes, bodyStart, headersSize } = this.#view;
    const end = bodyStart + headersSize;
    const value: HeaderValue = { start: 0, end: 0 };
    if (findHeader(bytes, bodyStart, end, MARKER_REASON, value)) return true;
    if (!findHeader(bytes, bodyStart, end, KEY_VALUE_OPERATION, value)) return false;
    return bytes.subarray(value.start, value.end).equals(PURGE);
  }

  /** Removes the message first, so that the marker finds room where it was. */
  #mark(sequence: number): void {
    const { log } = this.#context;
    const subject = Buffer.from(log.subjects.byteString(log.subjectIdOf(sequence)), "latin1");
    log.remove(sequence);
    const marker = new MessageView();
    marker.setSubject(subject, 0, subject.length);
    marker.setPayload(this.#headers, 0, this.#headers.length, this.#headers.length);
    const arrival = takeArrival(marker);
    arrival.isSourced = true;
    takeSingle(this.#context, arrival);
    giveArrival(arrival);
  }
}
