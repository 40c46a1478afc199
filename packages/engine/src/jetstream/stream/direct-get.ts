import type { MessageView } from "../../routing/message.ts";
import { InternalSubscription } from "../../routing/subscription.ts";
import { offersLevel } from "../api/required-level.ts";
import { decodeLenient } from "../config/request-body.ts";
import { type MessageGetRequest, messageGetRequestShape } from "../config/requests.ts";
import type { JetStreamServices } from "../services.ts";
import { DirectAnswers } from "./direct-answers.ts";
import { isMessageRequestContrary, isMessageRequestEmpty } from "./message-request.ts";
import type { Stream } from "./stream.ts";

/** The queue group of a stream and of its mirrors, one of which answers. */
const GROUP = "_sys_";

/**
 * Direct get (ADR-31): messages as they are stored, straight from `$JS.API.DIRECT.GET.<stream>` and
 * `$JS.API.DIRECT.GET.<stream>.<subject>`, without the detour through JSON.
 */
export class DirectGet {
  readonly #services: JetStreamServices;
  readonly #answers: DirectAnswers;
  readonly #subscriptions: InternalSubscription[];
  readonly #prefixSize: number;

  /** @param name - The stream that is asked for: `stream`, or the one that it mirrors. */
  constructor(stream: Stream, services: JetStreamServices, name: string = stream.name) {
    this.#services = services;
    this.#answers = new DirectAnswers(stream, services);
    const prefix = `$JS.API.DIRECT.GET.${name}`;
    this.#prefixSize = prefix.length + 1;
    this.#subscriptions = [
      new InternalSubscription(prefix, (message) => this.#onRequest(message), GROUP),
      new InternalSubscription(`${prefix}.>`, (message) => this.#onLastOfSubject(message), GROUP),
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
    const reply = Buffer.from(message.replyBuffer.subarray(message.replyStart, message.replyEnd));
    const start = message.subjectStart + this.#prefixSize;
    const subject = message.subjectBuffer.toString("utf8", start, message.subjectEnd);
    const request = readRequest(message);
    if (!offersLevel(message, this.#services.server.apiLevel)) {
      this.#answers.status(reply, 412, "Required Api Level");
    } else if (request === undefined) {
      this.#answers.status(reply, 408, "Malformed Request");
    } else if (!isMessageRequestEmpty(request) || isBatch(request)) {
      this.#answers.status(reply, 408, "Bad Request");
    } else {
      this.#answers.sendOne(reply, { ...request, last_by_subj: subject });
    }
  }

  #onRequest(message: MessageView): void {
    if (!message.hasReply) return;
    const reply = Buffer.from(message.replyBuffer.subarray(message.replyStart, message.replyEnd));
    const isBlank = message.payloadStart + message.headersSize === message.payloadEnd;
    const request = readRequest(message);
    if (!offersLevel(message, this.#services.server.apiLevel)) {
      this.#answers.status(reply, 412, "Required Api Level");
    } else if (request === undefined) {
      this.#answers.status(reply, 408, "Malformed Request");
    } else if (isBlank || (isMessageRequestEmpty(request) && request.multi_last.length === 0)) {
      this.#answers.status(reply, 408, "Empty Request");
    } else if (isContrary(request)) {
      this.#answers.status(reply, 408, "Bad Request");
    } else if (request.multi_last.length > 0) {
      this.#answers.sendLasts(reply, request);
    } else if (request.batch !== 0) {
      this.#answers.sendBatch(reply, request);
    } else {
      this.#answers.sendOne(reply, request);
    }
  }
}

/** What the body says, all defaults if there is none; `undefined` if it can't be read. */
function readRequest(message: MessageView): MessageGetRequest | undefined {
  const { payloadBuffer: buffer, payloadEnd: end } = message;
  const start = message.payloadStart + message.headersSize;
  if (start === end) return messageGetRequestShape.zero();
  const decoded = decodeLenient(buffer, start, end, messageGetRequestShape);
  return decoded.ok ? decoded.value : undefined;
}

function isBatch({ batch, multi_last, up_to_seq, up_to_time }: MessageGetRequest): boolean {
  return batch !== 0 || multi_last.length > 0 || up_to_seq !== 0 || up_to_time !== null;
}

function isContrary(request: MessageGetRequest): boolean {
  const { last_by_subj: last, next_by_subj: next, multi_last: lasts } = request;
  if (isMessageRequestContrary(request)) return true;
  if (last !== "" && (request.batch > 0 || lasts.length > 0)) return true;
  if (next !== "" && lasts.length > 0) return true;
  return request.up_to_seq > 0 && request.up_to_time !== null;
}
