import type { HeaderValue } from "@oxbow/base";
import { findHeader } from "@oxbow/wire/nats";
import type { Refusal } from "../gates/refusal.ts";
import type { Account } from "./account.ts";
import type { MessageSource } from "./message-source.ts";
import type { ServiceHop } from "./service-hop.ts";
import type { MessageTrace } from "./trace/message-trace.ts";

const noBytes: Buffer = Buffer.alloc(0);

/**
 * A message on its way from a publisher to its subscribers: positions in buffers, no copies.
 *
 * Each producer has one and fills it anew for every message. It is valid while it is being delivered: a subscriber
 * copies what it keeps, and the producer may reuse view and buffers as soon as `Account.publish` returns. A producer
 * that may be called while a message of its own is being delivered needs one view per level of nesting.
 *
 * All ranges are `[start, end)`. The payload includes the header block as its first `headersSize` bytes, 0 for none.
 */
export class MessageView {
  subjectBuffer: Buffer = noBytes;
  subjectStart = 0;
  subjectEnd = 0;
  replyBuffer: Buffer = noBytes;
  replyStart = 0;
  replyEnd = 0;
  /**
   * Whether clients see an empty reply subject where there is none. It is how `nats-server` sends what it has to say by
   * itself, events and answers alike, and the line of the protocol is compared to the byte.
   */
  hasBlankReply = false;
  payloadBuffer: Buffer = noBytes;
  payloadStart = 0;
  payloadEnd = 0;
  headersSize = 0;
  /** The client connection it came in by; `undefined` for what the server itself publishes. */
  source: MessageSource | undefined = undefined;
  /** The last service import it came through; `undefined` if it was published in this account. */
  via: ServiceHop | undefined = undefined;
  /** Notes what becomes of it; `undefined` for a message that is not traced. */
  trace: MessageTrace | undefined = undefined;
  /** The account whose gates have judged it, or would have: those of another one have yet to. */
  judgedIn: Account | undefined = undefined;
  /** Why a gate did not let it in. Streams get it all the same, to tell its publisher, and nobody else does. */
  refusal: Refusal | undefined = undefined;
  /** Where it is going, if that is not its subject; set by `Account.publishTo`. */
  routeBuffer: Buffer = noBytes;
  routeStart = 0;
  routeEnd = 0;

  /** Whether it goes to another subject than the one its subscribers see. */
  get isRouted(): boolean {
    return this.routeStart !== this.routeEnd;
  }

  get hasReply(): boolean {
    return this.replyStart !== this.replyEnd;
  }

  setSubject(buffer: Buffer, start: number, end: number): void {
    this.subjectBuffer = buffer;
    this.subjectStart = start;
    this.subjectEnd = end;
  }

  /** Takes over everything from `message` but its subject and route: that it may be delivered under another. */
  borrow(message: MessageView): void {
    this.replyBuffer = message.replyBuffer;
    this.replyStart = message.replyStart;
    this.replyEnd = message.replyEnd;
    this.hasBlankReply = message.hasBlankReply;
    this.borrowPayload(message);
    this.source = message.source;
    this.via = message.via;
    this.trace = message.trace;
    this.refusal = message.refusal;
  }

  borrowPayload(message: MessageView): void {
    this.payloadBuffer = message.payloadBuffer;
    this.payloadStart = message.payloadStart;
    this.payloadEnd = message.payloadEnd;
    this.headersSize = message.headersSize;
  }

  setReply(buffer: Buffer, start: number, end: number): void {
    this.replyBuffer = buffer;
    this.replyStart = start;
    this.replyEnd = end;
    this.hasBlankReply = false;
  }

  setRoute(buffer: Buffer, start: number, end: number): void {
    this.routeBuffer = buffer;
    this.routeStart = start;
    this.routeEnd = end;
  }

  /** Lets it go where its subject says. */
  clearRoute(): void {
    this.routeStart = 0;
    this.routeEnd = 0;
  }

  /** Takes the reply subject away. */
  clearReply(): void {
    this.replyStart = 0;
    this.replyEnd = 0;
    this.hasBlankReply = false;
  }

  /** @param headersSize - Bytes of the header block at `start`; 0 for none. */
  setPayload(buffer: Buffer, start: number, end: number, headersSize: number): void {
    this.payloadBuffer = buffer;
    this.payloadStart = start;
    this.payloadEnd = end;
    this.headersSize = headersSize;
  }

  /** Whether a client of this process published it. What the server sends for others to a subject of theirs is not. */
  get isFromProcess(): boolean {
    return this.source?.isInProcess ?? false;
  }

  /** What the client that published it calls itself, `""` if it has no name or there is none. Not for hot paths. */
  publisherName(): string {
    return this.source?.clientInfo(true).name ?? "";
  }

  /** Finds the first header of that name; `out` is then where its value lies in the buffer of the payload. */
  findHeader(name: Uint8Array, out: HeaderValue): boolean {
    const end = this.payloadStart + this.headersSize;
    return findHeader(this.payloadBuffer, this.payloadStart, end, name, out);
  }

  /** The subject as a new string. Not for hot paths. */
  subjectText(): string {
    return this.subjectBuffer.toString("utf8", this.subjectStart, this.subjectEnd);
  }

  /** The reply subject as a new string, `""` for none. Not for hot paths. */
  replyText(): string {
    return this.replyBuffer.toString("utf8", this.replyStart, this.replyEnd);
  }
}
