import {
  appendHeaders,
  type ClientHandler,
  findHeader,
  OK_FRAME,
  PING_FRAME,
  PONG_FRAME,
  type ProtocolErrorKind,
} from "@oxbow/wire/nats";
import { ClientSubscriptions } from "./client-subscriptions.ts";
import { FrameBuffer } from "./frame-buffer.ts";
import { HeldPublishes, type Publish } from "./held-publishes.ts";
import { gatewayLimits } from "./limits.ts";
import type { MessageStamp } from "./message-stamp.ts";
import type { PartitionCounts } from "./partition-counts.ts";
import { RecentPublishes, refusalOf } from "./recent-publishes.ts";
import { aliasIn } from "./stream-aliases.ts";

/** What a client says that is not simply passed on. */
export interface ClientListener {
  onConnect(text: string): void;
  onProtocolError(kind: ProtocolErrorKind): void;
  /** A control request, or a message to the gateway if nobody waits for an answer. */
  onRequest(subject: string, reply: string, payload: Buffer): void;
  /** It wants what the gateway sends to this subject. */
  onSubscribe(subject: string): void;
  /** A message is given up with a reason: what it was to be acknowledged with, and what the SDK says of it. */
  onDeadLetter(ackSubject: string, payload: Buffer): void;
  /** A message is given up, and the reason may follow: {@link ClientTraffic.settle} is to be called in a while. */
  onTermination(): void;
  onTooManySubscriptions(): void;
  /** Something was written for the engine later than while the client was read. */
  onLateWrite(): void;
}

const dollar = 36;
const zero = 48;
const dot = 46;
const controlPrefix = "$memphis_";
/** Where the SDK says why it gave up a message, right behind giving it up. */
const reasonSubject = Buffer.from("$memphis_nacked_dls");
const ackPrefix = Buffer.from("$JS.ACK.");
const termination = Buffer.from("+TERM");
const messageId = Buffer.from("msg-id");
const engineMessageId = Buffer.from("Nats-Msg-Id");
const none = Buffer.alloc(0);
/** What a message without headers is given: SDKs read them of every message. */
const noHeaders = Buffer.from("NATS/1.0\r\n\r\n");

/**
 * What a client and the engine say to each other, passed on with what they call differently:
 *
 * - what goes to `$memphis_…` is for the gateway, and so are subscriptions to that;
 * - partition 0, and a station without its partition, are streams that are meant otherwise (see {@link aliasIn});
 * - a message that is given up waits for its reason, which the SDK says afterwards and the engine is told at once;
 * - messages to stations are stamped;
 * - the header `msg-id` is the engine's `Nats-Msg-Id`;
 * - messages of a stream have headers in any case.
 */
export class ClientTraffic implements ClientHandler {
  readonly toEngine: FrameBuffer = new FrameBuffer();
  readonly toClient: FrameBuffer = new FrameBuffer();
  readonly subscriptions: ClientSubscriptions = new ClientSubscriptions();
  isVerbose = false;
  /** What its messages are stamped with, once it is known who it is. */
  stamp: MessageStamp | undefined = undefined;
  readonly #held: HeldPublishes;
  readonly #recent = new RecentPublishes();
  readonly #listener: ClientListener;
  readonly #value = { start: 0, end: 0 };
  /** What a message that is given up was to be acknowledged with, until it is known whether there is a reason. */
  #termination: Buffer | undefined = undefined;

  constructor(counts: PartitionCounts, listener: ClientListener) {
    this.#listener = listener;
    const passOn = (subject: Buffer, publish: Publish): void => this.#passOn(subject, publish);
    this.#held = new HeldPublishes(counts, passOn, () => listener.onLateWrite());
  }

  /** Bytes that wait for the number of partitions of a station. */
  get heldBytes(): number {
    return this.#held.bytes;
  }

  onPublish(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    replyStart: number,
    replyEnd: number,
    headersSize: number,
    payloadStart: number,
    payloadEnd: number,
  ): void {
    const bodyStart = payloadStart + headersSize;
    const subject = buffer.subarray(subjectStart, subjectEnd);
    const reply = buffer.subarray(replyStart, replyEnd);
    const payload = buffer.subarray(bodyStart, payloadEnd);
    const isSpecial = subject[0] === dollar;
    if (this.#termination !== undefined && !reasonSubject.equals(subject)) this.settle();
    if (isSpecial && this.#takes(subject, reply, payload)) return;
    const given = this.#headersOf(buffer, payloadStart, bodyStart);
    const headers = this.stamp?.put(subject, given) ?? given;
    if (isSpecial || hasPartitionZero(subject)) {
      const alias = aliasIn(subject.toString("latin1"));
      if (alias !== undefined) {
        this.#held.pass(alias, { reply, headers, payload });
        return;
      }
    }
    this.#passOn(subject, { reply, headers, payload });
  }

  onSubscribe(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    queueStart: number,
    queueEnd: number,
    sidStart: number,
    sidEnd: number,
  ): void {
    if (this.subscriptions.count >= gatewayLimits.subscriptionsMax) {
      this.#listener.onTooManySubscriptions();
      return;
    }
    const subject = buffer.toString("latin1", subjectStart, subjectEnd);
    const sid = buffer.toString("latin1", sidStart, sidEnd);
    this.subscriptions.add(sid, subject);
    if (subject.startsWith(controlPrefix)) {
      this.#taken();
      this.#listener.onSubscribe(subject);
      return;
    }
    const queue = buffer.toString("latin1", queueStart, queueEnd);
    const line = queue === "" ? `SUB ${subject} ${sid}\r\n` : `SUB ${subject} ${queue} ${sid}\r\n`;
    this.toEngine.raw(Buffer.from(line, "latin1"));
  }

  onUnsubscribe(buffer: Buffer, sidStart: number, sidEnd: number, max: number): void {
    const sid = buffer.toString("latin1", sidStart, sidEnd);
    this.subscriptions.end(sid, max);
    const line = max === 0 ? `UNSUB ${sid}\r\n` : `UNSUB ${sid} ${max}\r\n`;
    this.toEngine.raw(Buffer.from(line, "latin1"));
  }

  onConnect(buffer: Buffer, start: number, end: number): void {
    this.#listener.onConnect(buffer.toString("utf8", start, end));
  }

  onInfo(): void {}

  onPing(): void {
    this.toEngine.raw(PING_FRAME);
  }

  onPong(): void {
    this.toEngine.raw(PONG_FRAME);
  }

  onProtocolError(kind: ProtocolErrorKind): void {
    this.#listener.onProtocolError(kind);
  }

  /** Gives up a message for which no reason came. */
  settle(): void {
    const subject = this.#termination;
    this.#termination = undefined;
    if (subject !== undefined) this.toEngine.publish(subject, none, none, termination);
  }

  /** Gives up a message for a reason, of one line. */
  terminate(ackSubject: string, reason: string): void {
    const body = Buffer.from(reason === "" ? "+TERM" : `+TERM ${reason}`);
    this.toEngine.publish(Buffer.from(ackSubject, "latin1"), none, none, body);
  }

  /** What the engine delivers. */
  deliver(subject: Buffer, sid: Buffer, reply: Buffer, headers: Buffer, payload: Buffer): void {
    const isBare = headers.length === 0 && startsWith(reply, ackPrefix);
    this.toClient.message(subject, sid, reply, isBare ? noHeaders : headers, payload);
  }

  /** Answers the message that the engine complains about, if it is about one. */
  complain(complaint: string): void {
    const reply = this.#recent.refused(complaint);
    if (reply === undefined) return;
    const { headers, body } = refusalOf(complaint);
    this.answer(reply, body, headers);
  }

  /** Answers a request, if the client waits for it. */
  answer(reply: string, text: string, headers: Buffer = none): void {
    const subscription = this.subscriptions.find(reply);
    if (subscription === undefined) return;
    const { sid } = subscription;
    const subject = Buffer.from(reply, "latin1");
    this.toClient.message(subject, Buffer.from(sid, "latin1"), none, headers, Buffer.from(text));
    if (subscription.remaining === undefined || --subscription.remaining > 0) return;
    this.subscriptions.end(sid, 0);
    this.toEngine.raw(Buffer.from(`UNSUB ${sid}\r\n`, "latin1"));
  }

  /** Tells the client something that it has subscribed to. */
  push(subject: string, text: string): void {
    for (const { sid } of this.subscriptions.to(subject)) {
      const to = Buffer.from(subject, "latin1");
      this.toClient.message(to, Buffer.from(sid, "latin1"), none, none, Buffer.from(text));
    }
  }

  /** Whether a publish to `$…` goes no further. */
  #takes(subject: Buffer, reply: Buffer, payload: Buffer): boolean {
    if (startsWith(subject, ackPrefix)) {
      if (reply.length > 0 || !termination.equals(payload)) return false;
      this.#termination = Buffer.from(subject);
      this.#listener.onTermination();
      return true;
    }
    const name = subject.toString("latin1");
    if (!name.startsWith(controlPrefix)) return false;
    if (this.#termination !== undefined) {
      const ackSubject = this.#termination.toString("latin1");
      this.#termination = undefined;
      this.#listener.onDeadLetter(ackSubject, Buffer.from(payload));
      return true;
    }
    this.#taken();
    this.#listener.onRequest(name, reply.toString("latin1"), Buffer.from(payload));
    return true;
  }

  #passOn(subject: Buffer, { reply, headers, payload }: Publish): void {
    if (reply.length > 0) this.#recent.add(subject, reply);
    this.toEngine.publish(subject, reply, headers, payload);
  }

  #taken(): void {
    if (this.isVerbose) this.toClient.raw(OK_FRAME);
  }

  #headersOf(buffer: Buffer, start: number, end: number): Buffer {
    const headers = buffer.subarray(start, end);
    if (start === end || !findHeader(buffer, start, end, messageId, this.#value)) return headers;
    const { start: idStart, end: idEnd } = this.#value;
    if (idStart === idEnd || findHeader(buffer, start, end, engineMessageId, this.#value)) {
      return headers;
    }
    const id = buffer.toString("utf8", idStart, idEnd);
    return appendHeaders(buffer, start, end, [["Nats-Msg-Id", id]]);
  }
}

function startsWith(bytes: Buffer, prefix: Buffer): boolean {
  if (bytes.length < prefix.length) return false;
  return prefix.compare(bytes, 0, prefix.length) === 0;
}

function hasPartitionZero(subject: Buffer): boolean {
  for (let at = 1; at < subject.length - 2; at++) {
    if (subject[at] === dollar && subject[at + 1] === zero && subject[at + 2] === dot) return true;
  }
  return false;
}
