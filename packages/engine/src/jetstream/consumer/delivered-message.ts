import type { RecordView } from "@oxbow/log";
import { appendHeaders } from "@oxbow/wire/nats";
import { MessageView } from "../../routing/message.ts";
import type { AckSubject } from "./ack-subject.ts";

/** The message that a consumer is delivering: a record of its stream, with a reply subject to acknowledge it by. */
export class DeliveredMessage {
  /** Points at the record and the reply subject, until the next {@link fill}. */
  readonly view: MessageView = new MessageView();
  /** Whether the payload is left out, and its size told in a header. */
  isHeadersOnly = false;
  readonly #ackSubject: AckSubject;

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
    if (!this.isHeadersOnly) {
      message.setPayload(record.bytes, record.bodyStart, record.bodyEnd, record.headersSize);
      return;
    }
    const headersEnd = record.bodyStart + record.headersSize;
    const headers = appendHeaders(record.bytes, record.bodyStart, headersEnd, [
      ["Nats-Msg-Size", String(record.bodyEnd - headersEnd)],
    ]);
    message.setPayload(headers, 0, headers.length, headers.length);
  }
}
