import { RecordView } from "@oxbow/log";
import { appendHeaders, encodeHeaders } from "@oxbow/wire/nats";
import type { MessageView } from "../../routing/message.ts";
import { InternalSubscription } from "../../routing/subscription.ts";
import { decodeLenient } from "../config/json.ts";
import { messageGetRequestShape } from "../config/requests.ts";
import { formatTimestamp } from "../config/timestamp.ts";
import type { JetStreamServices } from "../services.ts";
import { findRequested, isMessageRequestValid } from "./message-request.ts";
import { readRecord, type Stream } from "./stream.ts";
import { lastSequenceOf } from "./subject-search.ts";

const noBytes: Buffer = Buffer.alloc(0);

/**
 * Direct get (ADR-31): messages as they are stored, straight from `$JS.API.DIRECT.GET.<stream>` and
 * `$JS.API.DIRECT.GET.<stream>.<subject>`, without the detour through JSON.
 */
export class DirectGet {
  readonly #stream: Stream;
  readonly #services: JetStreamServices;
  readonly #subscriptions: InternalSubscription[];
  readonly #prefixSize: number;

  constructor(stream: Stream, services: JetStreamServices) {
    this.#stream = stream;
    this.#services = services;
    const prefix = `$JS.API.DIRECT.GET.${stream.name}`;
    this.#prefixSize = prefix.length + 1;
    this.#subscriptions = [
      new InternalSubscription(prefix, (message) => this.#onRequest(message)),
      new InternalSubscription(`${prefix}.>`, (message) => this.#onLastOfSubject(message)),
    ];
  }

  open(): void {
    for (const subscription of this.#subscriptions) this.#services.account.subscribe(subscription);
  }

  close(): void {
    for (const subscription of this.#subscriptions) {
      this.#services.account.unsubscribe(subscription);
    }
  }

  #onLastOfSubject(message: MessageView): void {
    if (!message.hasReply) return;
    const start = message.subjectStart + this.#prefixSize;
    const subject = message.subjectBuffer.toString("utf8", start, message.subjectEnd);
    const bodyStart = message.payloadStart + message.headersSize;
    const reply = Buffer.from(message.replyText());
    const decoded =
      message.payloadEnd === bodyStart
        ? undefined
        : decodeLenient(message.payloadBuffer, bodyStart, message.payloadEnd, messageGetRequestShape);
    if (decoded !== undefined && !decoded.ok) {
      this.#status(reply, 408, "Malformed Request");
      return;
    }
    const sequence = lastSequenceOf(this.#stream.log, subject);
    void this.#answer(reply, sequence, decoded?.value.no_hdr ?? false);
  }

  #onRequest(message: MessageView): void {
    if (!message.hasReply) return;
    const reply = Buffer.from(message.replyText());
    const start = message.payloadStart + message.headersSize;
    if (start === message.payloadEnd) {
      this.#status(reply, 408, "Empty Request");
      return;
    }
    const decoded = decodeLenient(
      message.payloadBuffer,
      start,
      message.payloadEnd,
      messageGetRequestShape,
    );
    if (!decoded.ok) {
      this.#status(reply, 408, "Malformed Request");
    } else if (!isMessageRequestValid(decoded.value)) {
      this.#status(reply, 408, "Bad Request");
    } else {
      const sequence = findRequested(this.#stream.log, decoded.value);
      void this.#answer(reply, sequence, decoded.value.no_hdr);
    }
  }

  async #answer(reply: Buffer, sequence: number, withoutHeaders: boolean): Promise<void> {
    const view = new RecordView();
    if (sequence === 0 || !(await readRecord(this.#stream.log, sequence, view))) {
      this.#status(reply, 404, "Message Not Found");
      return;
    }
    const payload = view.payload();
    if (withoutHeaders) {
      this.#services.sender.send(reply, payload);
      return;
    }
    const bodyEnd = view.bodyStart + view.headersSize;
    const headers = appendHeaders(view.bytes, view.bodyStart, bodyEnd, [
      ["Nats-Stream", this.#stream.name],
      ["Nats-Subject", view.subject()],
      ["Nats-Sequence", String(sequence)],
      ["Nats-Time-Stamp", formatTimestamp(view.timestampSeconds, view.timestampNanos)],
    ]);
    this.#services.sender.send(reply, payload, headers);
  }

  #status(reply: Buffer, code: number, text: string): void {
    this.#services.sender.send(reply, noBytes, encodeHeaders({ code, text }, []));
  }
}
