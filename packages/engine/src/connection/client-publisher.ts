import type { Clock, Logger, Random } from "@oxbow/base";
import { errFrame, OK_FRAME } from "@oxbow/wire/nats";
import type { AccountGates } from "../gates/account-gates.ts";
import { publishGated } from "../gates/gated-publish.ts";
import type { Account } from "../routing/account.ts";
import { MessageView } from "../routing/message.ts";
import type { MessageRate } from "../routing/message-rate.ts";
import type { MessageSource } from "../routing/message-source.ts";
import { SubjectScratch } from "../routing/subject-scratch.ts";
import { mayBeTraced } from "../routing/trace/trace-headers.ts";
import type { Traffic } from "../routing/traffic.ts";
import { isValidLiteral } from "../subjects/subject.ts";
import type { ClientPermissions } from "./client-permissions.ts";
import type { ClientSubscriptions } from "./client-subscriptions.ts";
import { type ConnectOptions, defaultConnectOptions } from "./connect-options.ts";
import type { EngineCounters } from "./engine-counters.ts";
import { gateViolation, publishViolation, replyViolation } from "./error-texts.ts";
import type { Outbox } from "./outbox.ts";
import type { RequestStamp } from "./request-stamp.ts";
import { isReservedReply, isReservedSubject } from "./reserved-subjects.ts";
import type { ServerInfo } from "./server-info.ts";
import { decideTrace, type Tracer } from "./traced-publish.ts";

/** The client that publishes. */
export interface PublishingClient extends MessageSource {
  readonly name: string;
  readonly outbox: Outbox;
  readonly traffic: Traffic;
  /** Tells the client, and the log, what it may not do. */
  sendViolation(text: string): void;
  /** Reads nothing from it for as long, at least. */
  stallFor(durationMs: number): void;
}

/** What publishing needs of the engine. */
export interface PublishServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly serverInfo: ServerInfo;
  readonly counters: EngineCounters;
  /** Tells services who asks; `undefined` where none of them is told. */
  readonly requestStamp: RequestStamp | undefined;
}

/** Publishes what one client sends: counts it, checks it, and hands it to the client's account. */
export class ClientPublisher {
  account: Account;
  /** What the client may publish; `undefined` is everything. */
  permissions: ClientPermissions | undefined = undefined;
  options: ConnectOptions = defaultConnectOptions;
  readonly #client: PublishingClient;
  readonly #subscriptions: ClientSubscriptions;
  readonly #services: PublishServices;
  readonly #counters: EngineCounters;
  readonly #message: MessageView = new MessageView();
  /** Holds the subject of the message, if its account's mappings changed it. */
  readonly #mapped = new SubjectScratch();
  /** The same for what its gates make of it. */
  readonly #gated = new SubjectScratch();

  constructor(
    client: PublishingClient,
    account: Account,
    subscriptions: ClientSubscriptions,
    services: PublishServices,
  ) {
    this.#client = client;
    this.account = account;
    this.#subscriptions = subscriptions;
    this.#services = services;
    this.#counters = services.counters;
    this.#message.source = client;
  }

  /** PUB or HPUB, as the parser gives it. */
  publish(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    replyStart: number,
    replyEnd: number,
    headersSize: number,
    payloadStart: number,
    payloadEnd: number,
  ): void {
    const message = this.#message;
    const client = this.#client;
    const { trace } = client.outbox;
    if (trace !== undefined) {
      trace.onPublish(
        buffer,
        subjectStart,
        subjectEnd,
        replyStart,
        replyEnd,
        headersSize,
        payloadStart,
        payloadEnd,
      );
    }
    const size = payloadEnd - payloadStart;
    this.#counters.inMessages++;
    this.#counters.inBytes += size;
    client.traffic.inMessages++;
    client.traffic.inBytes += size;
    this.account.traffic.inMessages++;
    this.account.traffic.inBytes += size;
    if (this.account.rate !== undefined) this.#keepToRate(this.account.rate);
    const { pedantic } = this.options;
    if (pedantic && !isValidLiteral(buffer.toString("latin1", subjectStart, subjectEnd))) {
      client.outbox.writeBytes(errFrame("Invalid Publish Subject"));
    }
    message.setSubject(buffer, subjectStart, subjectEnd);
    message.setReply(buffer, replyStart, replyEnd);
    message.setPayload(buffer, payloadStart, payloadEnd, headersSize);
    const isTraceHeard = this.account.trace !== undefined;
    const mayTrace =
      headersSize > 0 &&
      mayBeTraced(buffer, payloadStart, payloadStart + headersSize, isTraceHeard);
    if (mayTrace) this.#publishTraced(message);
    else this.#publish(message);
  }

  #publish(message: MessageView): void {
    const options = this.options;
    if (this.account.hasMappings) this.#map(message);
    if (isReservedSubject(message.subjectBuffer, message.subjectStart, message.subjectEnd)) {
      this.#refusePublish(message, publishViolation(message.subjectText()));
      return;
    }
    if (this.permissions !== undefined && !this.permissions.mayPublish(message)) {
      this.#refusePublish(message, publishViolation(message.subjectText()));
      return;
    }
    const { replyBuffer, replyStart, replyEnd, hasReply } = message;
    const isReplyAllowed = !hasReply || (this.permissions?.mayBeAnswered(message) ?? true);
    if (!isReplyAllowed || (hasReply && isReservedReply(replyBuffer, replyStart, replyEnd))) {
      this.#refusePublish(message, replyViolation(message.replyText()));
      return;
    }
    if (options.verbose) this.#client.outbox.writeBytes(OK_FRAME);
    this.#services.requestStamp?.stamp(message);
    const { gates } = this.account;
    const receiverCount =
      gates === undefined ? this.account.publish(message) : this.#publishGated(message, gates);
    if (receiverCount === 0 && hasReply && options.noResponders) {
      this.#answerNoResponders(message);
    }
  }

  #keepToRate(rate: MessageRate): void {
    const waitMs = rate.take();
    if (waitMs > 0) this.#client.stallFor(waitMs);
  }

  #publishGated(message: MessageView, gates: AccountGates): number {
    const count = publishGated(this.account, gates, message, this.#gated);
    const { refusal } = message;
    // The next one may be published in another account.
    message.judgedIn = undefined;
    if (refusal === undefined) return count;
    message.refusal = undefined;
    // Nobody is told otherwise.
    if (!message.hasReply) this.#client.outbox.writeBytes(errFrame(gateViolation(refusal.error)));
    return count;
  }

  #map(message: MessageView): void {
    const { subjectBuffer, subjectStart, subjectEnd } = message;
    if (!this.account.mapSubject(message, this.#mapped)) return;
    const to = message.subjectText();
    message.trace?.onMapped(to);
    this.#client.outbox.trace?.onMapped(
      subjectBuffer.toString("utf8", subjectStart, subjectEnd),
      to,
    );
  }

  /**
   * Tells who traces it of a message that is refused before it has come, because it is too large.
   *
   * @param size - Its bytes, as announced.
   */
  refuseOversized(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    headersStart: number,
    headersEnd: number,
    size: number,
  ): void {
    const isTraceHeard = this.account.trace !== undefined;
    if (!mayBeTraced(buffer, headersStart, headersEnd, isTraceHeard)) return;
    const message = new MessageView();
    message.setSubject(buffer, subjectStart, subjectEnd);
    message.setPayload(buffer, headersStart, headersEnd, headersEnd - headersStart);
    const decision = decideTrace(message, this.#tracer(), size);
    if (decision.t === "forbidden")
      this.#client.sendViolation(publishViolation(decision.destination));
    if (decision.t !== "traced") return;
    decision.trace.onRefused("maximum payload exceeded");
    decision.trace.send();
  }

  #tracer(): Tracer {
    const { clock, random, logger, serverInfo } = this.#services;
    return {
      ...{ clock, random, logger, server: serverInfo, account: this.account },
      clientId: this.#client.id,
      clientName: this.#client.name,
      mayPublish: (subject) => this.permissions?.mayAlwaysPublish(subject) ?? true,
    };
  }

  /** Publishes a message whose headers may ask for a trace. */
  #publishTraced(message: MessageView): void {
    const decision = decideTrace(message, this.#tracer());
    if (decision.t === "forbidden")
      this.#client.sendViolation(publishViolation(decision.destination));
    else if (decision.t === "untraced") this.#publish(message);
    if (decision.t !== "traced") return;
    message.trace = decision.trace;
    this.#publish(message);
    message.trace = undefined;
    decision.trace.send();
  }

  #refusePublish(message: MessageView, text: string): void {
    message.trace?.onRefused(text);
    this.#client.sendViolation(text);
  }

  /** A request reached nobody: says so on its reply subject, if this client itself listens there. */
  #answerNoResponders(message: MessageView): void {
    const { replyBuffer, replyStart, replyEnd } = message;
    const subscription = this.#subscriptions.find(replyBuffer, replyStart, replyEnd);
    if (subscription === undefined) return;
    const subject = message.subjectBuffer.toString(
      "latin1",
      message.subjectStart,
      message.subjectEnd,
    );
    const reply = replyBuffer.toString("latin1", replyStart, replyEnd);
    const sid = subscription.sid.toString("latin1");
    const headers = `NATS/1.0 503\r\nNats-Subject: ${subject}\r\n\r\n`;
    const size = headers.length;
    const frame = `HMSG ${reply} ${sid} ${size} ${size}\r\n${headers}\r\n`;
    this.#client.outbox.writeBytes(Buffer.from(frame, "latin1"));
  }
}
