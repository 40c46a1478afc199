import { writeDecimal } from "@oxbow/base";
import type { RecordView } from "@oxbow/log";
import { copyBytes } from "@oxbow/wire/nats";
import { MessageView } from "../../routing/message.ts";
import type { AckSubject } from "./ack-subject.ts";

const VERSION_LINE = Buffer.from("NATS/1.0\r\n");
const SIZE_NAME = Buffer.from("Nats-Msg-Size: ");
const LINE_END = Buffer.from("\r\n");
/** Room for a header line that is added, beside its value, and for a version line. */
const LINE_ROOM = 64;
const SCRATCH_SIZE_MIN = 4096;

/** The message that a consumer is delivering: a record of its stream, with a reply subject to acknowledge it by. */
export class DeliveredMessage {
  /** Points at the record and the reply subject, until the next {@link fill}. */
  readonly view: MessageView = new MessageView();
  /** Whether the payload is left out, and its size told in a header. */
  isHeadersOnly = false;
  readonly #ackSubject: AckSubject;
  /** Holds headers and payload where a header is added; used again for each message. */
  #scratch: Buffer = Buffer.alloc(0);

  /** @param ackSubject - Holds the reply subject of the delivery when {@link fill} is called. */
  constructor(ackSubject: AckSubject) {
    this.#ackSubject = ackSubject;
  }

  /** What it counts as in requests that bound the bytes: subject, reply subject, headers and payload. */
  get size(): number {
    const { subjectStart, subjectEnd, payloadStart, payloadEnd } = this.view;
    return subjectEnd - subjectStart + this.#ackSubject.end + payloadEnd - payloadStart;
  }

  /** Points the view at a record, whose bytes must stay as they are until it is sent. */
  fill(record: RecordView): void {
    const message = this.view;
    message.setSubject(record.bytes, record.subjectStart, record.subjectEnd);
    message.setReply(this.#ackSubject.bytes, 0, this.#ackSubject.end);
    message.setPayload(record.bytes, record.bodyStart, record.bodyEnd, record.headersSize);
    if (this.isHeadersOnly) this.#leaveOutPayload();
  }

  /** Adds a header line, without its end. The view then points at a copy. */
  addHeader(line: Buffer): void {
    const { payloadBuffer, payloadStart, payloadEnd, headersSize } = this.view;
    const end = this.#beginHeaders(line.length + payloadEnd - payloadStart);
    const headersEnd = copyBytes(LINE_END, 0, 2, this.#scratch, this.#addLine(end, line));
    const bodyStart = payloadStart + headersSize;
    const all = copyBytes(payloadBuffer, bodyStart, payloadEnd, this.#scratch, headersEnd);
    this.view.setPayload(this.#scratch, 0, all, headersEnd);
  }

  #leaveOutPayload(): void {
    const { payloadStart, payloadEnd, headersSize } = this.view;
    const end = this.#beginHeaders(headersSize);
    const scratch = this.#scratch;
    const named = copyBytes(SIZE_NAME, 0, SIZE_NAME.length, scratch, end);
    const told = writeDecimal(scratch, named, payloadEnd - payloadStart - headersSize);
    const lineEnd = copyBytes(LINE_END, 0, 2, scratch, told);
    const headersEnd = copyBytes(LINE_END, 0, 2, scratch, lineEnd);
    this.view.setPayload(scratch, 0, headersEnd, headersEnd);
  }

  /** Copies the header lines of the view into the scratch, with room for `size` more bytes; returns their end. */
  #beginHeaders(size: number): number {
    const { payloadBuffer, payloadStart, headersSize } = this.view;
    const room = headersSize + size + LINE_ROOM;
    if (this.#scratch.length < room) {
      this.#scratch = Buffer.allocUnsafe(Math.max(room, SCRATCH_SIZE_MIN));
    }
    // A block that is no more than its end has no version line to keep.
    if (headersSize <= LINE_END.length) {
      return copyBytes(VERSION_LINE, 0, VERSION_LINE.length, this.#scratch, 0);
    }
    const end = payloadStart + headersSize - LINE_END.length;
    return copyBytes(payloadBuffer, payloadStart, end, this.#scratch, 0);
  }

  #addLine(at: number, line: Buffer): number {
    const end = copyBytes(line, 0, line.length, this.#scratch, at);
    return copyBytes(LINE_END, 0, 2, this.#scratch, end);
  }
}
