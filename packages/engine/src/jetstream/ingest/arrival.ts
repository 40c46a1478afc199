import { removeHeader } from "@oxbow/wire/nats";
import { MessageView } from "../../routing/message.ts";
import { headerName, PublishHeaders } from "../stream/publish-headers.ts";
import type { CounterTotal } from "./counter-totals.ts";

const noBytes: Buffer = Buffer.alloc(0);

/**
 * A message at the door of a stream that does not just pass: what it asks, and what is to be stored, which a check may
 * change (`setSubject`, `replaceBody`). It borrows the publisher's buffers until it is given back.
 */
export class Arrival extends MessageView {
  /** What it asks, as it was published. */
  readonly headers: PublishHeaders = new PublishHeaders();
  /** Whether it asks anything; if not, `headers` is not to be used. */
  hasRequests = false;
  /** Milliseconds since 1970 UTC, its time in the stream. */
  nowMs = 0;
  /** Its `Nats-Msg-Id`, `""` for none. */
  messageId = "";
  /** What goes when it is stored. */
  rollup: "" | "sub" | "all" = "";
  /** How long it lives, in seconds: 0 as long as the stream's limits say, `TTL_NEVER` whatever its age. */
  ttlSeconds = 0;
  /** When it fires, if it is a schedule; milliseconds since 1970 UTC. */
  scheduleAtMs: number | undefined = undefined;
  /** Whether another stream sent it: that one has checked it, and much may be stored as it is. */
  isSourced = false;
  /** Its `Nats-Incr`. */
  increment: bigint | undefined = undefined;
  /** What its counter comes to with it. */
  counterValue: bigint | undefined = undefined;
  /** What is known of its counter once it is stored. */
  counter: CounterTotal | undefined = undefined;

  /** Bytes of the payload without the header block. */
  get payloadSize(): number {
    return this.payloadEnd - this.payloadStart - this.headersSize;
  }

  /** Begins anew with `message`. */
  set(message: MessageView): void {
    this.setSubject(message.subjectBuffer, message.subjectStart, message.subjectEnd);
    this.borrow(message);
    this.hasRequests = message.headersSize > 0 && this.headers.read(message);
    this.messageId = this.hasRequests ? this.headers.text("messageId") : "";
    this.rollup = "";
    this.ttlSeconds = 0;
    this.scheduleAtMs = undefined;
    this.isSourced = false;
    this.increment = undefined;
    this.counterValue = undefined;
    this.counter = undefined;
  }

  /** Takes out of its headers what services are told of who asks: that is not stored. */
  dropRequestInfo(): void {
    if (!this.headers.has("requestInfo")) return;
    const end = this.payloadStart + this.headersSize;
    const name = headerName("requestInfo");
    this.replaceHeaders(removeHeader(this.payloadBuffer, this.payloadStart, end, name));
    this.hasRequests = this.headers.count > 1;
  }

  /** Lets go of all buffers. */
  release(): void {
    this.setSubject(noBytes, 0, 0);
    this.setReply(noBytes, 0, 0);
    this.setPayload(noBytes, 0, 0, 0);
    this.source = undefined;
    this.via = undefined;
    this.trace = undefined;
    this.headers.release();
  }

  /** Puts other headers in the place of its own; `block` may be empty. */
  replaceHeaders(block: Buffer): void {
    const start = this.payloadStart + this.headersSize;
    this.replaceBody(block, this.payloadBuffer.subarray(start, this.payloadEnd));
  }

  /** Puts another header block, which may be empty, and payload in the place of its own. */
  replaceBody(block: Buffer, payload: Buffer): void {
    const body = Buffer.concat([block, payload]);
    this.setPayload(body, 0, body.length, block.length);
  }
}

/** Arrivals kept for further messages: as many as a batch needs, or messages that publish others while delivered. */
const SPARE_MAX = 1024;
const spare: Arrival[] = [];

/** An arrival to fill; {@link giveArrival} it back when the message is dealt with. */
export function takeArrival(message: MessageView): Arrival {
  const arrival = spare.pop() ?? new Arrival();
  arrival.set(message);
  return arrival;
}

export function giveArrival(arrival: Arrival): void {
  if (spare.length >= SPARE_MAX) return;
  arrival.release();
  spare.push(arrival);
}
