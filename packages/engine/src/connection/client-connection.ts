import type { Clock, Logger, Random, Socket, SocketHandler, Timer } from "@oxbow/base";
import {
  type ClientHandler,
  ClientParser,
  errFrame,
  OK_FRAME,
  PING_FRAME,
  PONG_FRAME,
  PROTOCOL_ERROR_TEXTS,
  type ProtocolErrorKind,
} from "@oxbow/wire/nats";
import type { Identity } from "../auth/identity.ts";
import type { Security } from "../auth/security.ts";
import { authorizationViolation, globalAccountName } from "../auth/verdicts.ts";
import type { EngineLimits } from "../engine-options.ts";
import { goQuote } from "../jetstream/config/go-quote.ts";
import type { Permissions } from "../options/permissions.ts";
import type { Account } from "../routing/account.ts";
import type { ClientInfo } from "../routing/client-info.ts";
import { MessageView } from "../routing/message.ts";
import { SubjectScratch } from "../routing/subject-scratch.ts";
import { mayBeTraced } from "../routing/trace/trace-headers.ts";
import { Traffic } from "../routing/traffic.ts";
import { isValidLiteral } from "../subjects/subject.ts";
import { describeClient } from "./client-description.ts";
import { ClientEntry, type EnteringClient } from "./client-entry.ts";
import type { ClientPermissions } from "./client-permissions.ts";
import type { ClientSubscription, Subscriber } from "./client-subscription.ts";
import { ClientSubscriptions } from "./client-subscriptions.ts";
import { closeReasonOf } from "./close-reasons.ts";
import type { ClosedConnections } from "./closed-connections.ts";
import {
  type ConnectOptions,
  defaultConnectOptions,
  parseConnectOptions,
} from "./connect-options.ts";
import { type ConnectionFacts, rawUser, subscriptionFacts } from "./connection-facts.ts";
import { connectionLabel } from "./connection-label.ts";
import { type Door, keepAliveLimits, withCredentialsOf } from "./door.ts";
import type { EngineCounters } from "./engine-counters.ts";
import { publishViolation, replyViolation, subscribeViolation } from "./error-texts.ts";
import { farewellOf } from "./farewell.ts";
import { KeepAlive, type KeptAlive } from "./keep-alive.ts";
import type { Membership } from "./membership.ts";
import { Outbox, type OutboxServices, type SlowReason } from "./outbox.ts";
import { ProtocolTrace, type ProtocolTraceOptions } from "./protocol-trace.ts";
import { ReadGate } from "./read-gate.ts";
import { isReservedReply, isReservedSubject } from "./reserved-subjects.ts";
import type { ServerInfo } from "./server-info.ts";
import { decideTrace } from "./traced-publish.ts";

/** What client connections need of their engine. */
export interface ConnectionServices extends OutboxServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Replaced when the options are. */
  limits: EngineLimits;
  readonly security: Security;
  readonly serverInfo: ServerInfo;
  readonly counters: EngineCounters;
  /** Remembers connections that are over. */
  readonly closed: ClosedConnections;
  /** The account of that name. */
  account(name: string): Account;
  readonly systemAccount: Account;
  /** Set where the protocol of connections is traced. */
  protocolTrace?: ProtocolTraceOptions | undefined;
  /** The connection is over: nothing more comes from it or goes to it. */
  onConnectionClosed(connection: ClientConnection): void;
}

/** First protocol version whose clients take INFO at any time. */
const protocolWithInfo = 1;

const stallReason = "slow subscriber";
/** Why nothing is read from a client while nobody knows yet who it is. */
const entryReason = "authentication";
/** What nats-server calls the end of a slow consumer. */
const slowReasons: Readonly<Record<SlowReason, string>> = {
  "pending-bytes": "Slow Consumer (Pending Bytes)",
  "write-deadline": "Slow Consumer (Write Deadline)",
};

/** One client: reads what it sends, keeps its subscriptions, and writes to it. */
export class ClientConnection
  implements ClientHandler, SocketHandler, Subscriber, KeptAlive, EnteringClient
{
  readonly id: number;
  /** When it came, in wall-clock milliseconds. */
  readonly startedAtMs: number;
  readonly outbox: Outbox;
  /** Whether it gets what it publishes itself. */
  echo = true;
  takesHeaders = false;
  tracksReplies = false;
  activityCount = 0;
  /** What it has published and got. */
  readonly traffic: Traffic = new Traffic();
  /** Times it was held up for a slow subscriber. */
  stalls = 0;
  #lastActivityAtMs: number;
  readonly #socket: Socket;
  readonly #door: Door;
  readonly #entry: ClientEntry;
  readonly #services: ConnectionServices;
  readonly #counters: EngineCounters;
  readonly #parser: ClientParser;
  readonly #keepAlive: KeepAlive;
  readonly #subscriptions: ClientSubscriptions;
  readonly #message: MessageView = new MessageView();
  /** Holds the subject of the message, if its account's mappings changed it. */
  readonly #mapped = new SubjectScratch();
  readonly #readGate: ReadGate;
  #account: Account;
  /** What its user may do, for each message. */
  #permissions: ClientPermissions | undefined = undefined;
  #options: ConnectOptions = defaultConnectOptions;
  #isConnectReceived = false;
  #isFirstPongSent = false;
  #isClosed = false;
  /** Runs while it is held up by {@link stall}. */
  #stall: Timer | undefined = undefined;

  /** Takes the socket over and greets the client. */
  constructor(id: number, socket: Socket, services: ConnectionServices, door: Door) {
    const { limits, clock, random } = services;
    this.id = id;
    this.startedAtMs = clock.nowMs();
    this.#lastActivityAtMs = this.startedAtMs;
    this.#socket = socket;
    this.#door = door;
    this.#services = services;
    this.#counters = services.counters;
    this.#account = services.account(globalAccountName);
    this.#subscriptions = new ClientSubscriptions(this, this.#account);
    this.#readGate = new ReadGate(socket);
    this.#message.source = this;
    this.outbox = new Outbox(socket, services, (reason) => this.#closeSlow(reason));
    this.#parser = new ClientParser(this, limits);
    this.#parser.headersAllowed = false;
    this.#keepAlive = new KeepAlive(this, clock, random, keepAliveLimits(door, limits));
    this.#entry = new ClientEntry(this, door, services);
    this.#parser.connectRequired = this.#entry.begin();
    if (services.protocolTrace !== undefined) this.traceProtocol(services.protocolTrace);
    services.logger.debug({ connection: this.#label }, "Client connection created");
    socket.attach(this);
    this.#keepAlive.start();
    if (door.nonceGiven === undefined) this.#sendInfo();
  }

  get accountName(): string {
    return this.#account.name;
  }

  /** Who it is; `undefined` until that is known. */
  get identity(): Identity | undefined {
    return this.#entry.membership?.identity;
  }

  get user(): string {
    return this.identity?.user ?? "";
  }

  /** What the client calls itself. */
  get name(): string {
    return this.#options.name;
  }

  get rttMs(): number {
    return this.#keepAlive.rttMs;
  }

  get subscriptionCount(): number {
    return this.#subscriptions.count;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Bytes it has sent that are kept: of an unfinished operation, and behind a CONNECT that is not decided. */
  get bufferedBytes(): number {
    return this.#parser.bufferedBytes + this.#entry.heldBytes;
  }

  get connectOptions(): ConnectOptions {
    return this.#options;
  }

  // What the socket says.

  onData(chunk: Buffer): void {
    const { inMessages } = this.traffic;
    const end = this.#entry.isPending ? 0 : this.#parser.parse(chunk);
    if (this.traffic.inMessages !== inMessages) this.#noteActivity();
    if (end === chunk.length || this.#entry.hold(chunk.subarray(end))) return;
    this.close(authorizationViolation);
  }

  onDrain(): void {}

  onClose(error: Error | undefined): void {
    this.#terminate(error === undefined ? "Client Closed" : "Read Error");
    this.outbox.destroy();
    this.#services.onConnectionClosed(this);
  }

  // What the client says.

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
    const options = this.#options;
    const message = this.#message;
    const { trace } = this.outbox;
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
    this.activityCount++;
    const size = payloadEnd - payloadStart;
    this.#counters.inMessages++;
    this.#counters.inBytes += size;
    this.traffic.inMessages++;
    this.traffic.inBytes += size;
    this.#account.traffic.inMessages++;
    this.#account.traffic.inBytes += size;
    if (options.pedantic && !isValidLiteral(buffer.toString("latin1", subjectStart, subjectEnd))) {
      this.#sendError("Invalid Publish Subject");
    }
    message.setSubject(buffer, subjectStart, subjectEnd);
    message.setReply(buffer, replyStart, replyEnd);
    message.setPayload(buffer, payloadStart, payloadEnd, headersSize);
    const isTraceHeard = this.#account.trace !== undefined;
    const mayTrace =
      headersSize > 0 &&
      mayBeTraced(buffer, payloadStart, payloadStart + headersSize, isTraceHeard);
    if (mayTrace) this.#publishTraced(message);
    else this.#publish(message);
  }

  #publish(message: MessageView): void {
    const options = this.#options;
    if (this.#account.hasMappings) this.#map(message);
    if (isReservedSubject(message.subjectBuffer, message.subjectStart, message.subjectEnd)) {
      this.#refusePublish(message, publishViolation(message.subjectText()));
      return;
    }
    if (this.#permissions !== undefined && !this.#permissions.mayPublish(message)) {
      this.#refusePublish(message, publishViolation(message.subjectText()));
      return;
    }
    const { replyBuffer, replyStart, replyEnd, hasReply } = message;
    if (hasReply && isReservedReply(replyBuffer, replyStart, replyEnd)) {
      this.#refusePublish(message, replyViolation(message.replyText()));
      return;
    }
    if (options.verbose) this.outbox.writeBytes(OK_FRAME);
    const receiverCount = this.#account.publish(message);
    if (receiverCount === 0 && hasReply && options.noResponders) {
      this.#answerNoResponders(message);
    }
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
    this.activityCount++;
    this.#noteActivity();
    const queue = buffer.toString("utf8", queueStart, queueEnd);
    this.outbox.trace?.onSubscribe(buffer, subjectStart, subjectEnd, queue, sidStart, sidEnd);
    const outcome = this.#subscriptions.subscribe(
      buffer,
      subjectStart,
      subjectEnd,
      queue,
      sidStart,
      sidEnd,
    );
    if (outcome === "not-permitted") {
      const subject = buffer.toString("utf8", subjectStart, subjectEnd);
      this.#sendViolation(subscribeViolation(subject, queue));
    } else if (outcome === "too-long") {
      const subject = buffer.toString("utf8", subjectStart, subjectEnd);
      this.#sendViolation(`${subscribeViolation(subject, "")}, too many tokens`);
    } else if (outcome === "too-many") this.#sendError("maximum subscriptions exceeded");
    else if (outcome === "invalid-subject") this.#sendError("Invalid Subject");
    else this.#confirm();
  }

  onUnsubscribe(buffer: Buffer, sidStart: number, sidEnd: number, max: number): void {
    this.outbox.trace?.onUnsubscribe(buffer, sidStart, sidEnd, max);
    this.activityCount++;
    this.#noteActivity();
    this.#confirm();
    this.#subscriptions.unsubscribe(buffer, sidStart, sidEnd, max);
  }

  onConnect(buffer: Buffer, start: number, end: number): void {
    this.outbox.trace?.onConnect(buffer, start, end);
    this.activityCount++;
    const options = parseConnectOptions(buffer.toString("utf8", start, end), this.#options);
    if (options === undefined) {
      this.closeQuietly("Protocol Violation");
      return;
    }
    // The client may come back as somebody else, who must not keep what it subscribed to before.
    if (this.#isConnectReceived) this.#subscriptions.endAll();
    this.#isConnectReceived = true;
    this.#keepAlive.onConnect();
    this.#options = options;
    this.#entry.connect();
  }

  /** Somebody who needs not say who it is begins without CONNECT. */
  onEarlyOperation(): boolean {
    this.#isConnectReceived = this.#entry.skipConnect();
    return this.#isConnectReceived;
  }

  /** A client has nothing to tell the server with INFO, but it has to be JSON. */
  onInfo(buffer: Buffer, start: number, end: number): void {
    try {
      JSON.parse(buffer.toString("utf8", start, end));
    } catch {
      this.closeQuietly("Protocol Violation");
    }
  }

  onPing(): void {
    this.outbox.trace?.onPing();
    this.activityCount++;
    this.outbox.writeBytes(PONG_FRAME);
    if (!this.#isConnectReceived || this.#isFirstPongSent) return;
    this.#isFirstPongSent = true;
    if (this.#options.protocol >= protocolWithInfo) this.#sendInfo();
  }

  onPong(): void {
    this.outbox.trace?.onPong();
    this.#keepAlive.onPong();
  }

  onProtocolError(kind: ProtocolErrorKind): void {
    const text = PROTOCOL_ERROR_TEXTS[kind];
    if (text === undefined) this.closeQuietly("Protocol Violation");
    else this.close(text);
  }

  // What becomes of its wish to come in.

  holdReading(): void {
    this.#parser.suspend();
    this.#readGate.pause(entryReason);
  }

  continueReading(held: Buffer | undefined): void {
    if (held !== undefined) this.onData(held);
    if (!this.#entry.isPending && !this.isClosed) this.#readGate.resume(entryReason);
  }

  become(membership: Membership): void {
    this.#socket.trust();
    this.#account = this.#services.account(membership.identity.account);
    this.#subscriptions.moveTo(this.#account);
    this.#takePermissions(membership);
    this.#applyLimits(membership);
  }

  onAdmitted(hasConnected: boolean): void {
    const options = this.#options;
    this.echo = options.echo;
    this.takesHeaders = options.headers;
    this.#parser.headersAllowed = options.headers;
    this.#parser.connectRequired = false;
    if (options.protocol < 0 || options.protocol > protocolWithInfo) {
      this.close("invalid client protocol");
    } else if (options.noResponders && !options.headers) {
      this.close("no responders requires headers support");
    } else if (hasConnected) {
      this.#confirm();
    }
  }

  logRefusal(user: string, reason: string): void {
    this.#services.logger.error(
      { connection: this.#label, reason },
      `authentication error - User ${goQuote(user || "N/A")}`,
    );
  }

  recheckSubscriptions(): void {
    for (const { subject, queue, sid } of this.#subscriptions.recheck()) {
      this.#sendViolation(subscribeViolation(subject, queue, sid.toString("utf8")));
    }
  }

  // What the engine wants.

  clientInfo(isDetailed: boolean): ClientInfo {
    const { id, accountName, identity, rttMs, startedAtMs } = this;
    const { name, lang, version } = this.#options;
    const { address } = this.#door;
    const facts = { id, accountName, identity, rttMs, startedAtMs, address, name, lang, version };
    const { serverInfo } = this.#services;
    return describeClient(
      { ...facts, door: this.#door.type, serverName: serverInfo.name },
      isDetailed,
    );
  }

  /** What monitoring says of it. Its traffic goes on being counted. */
  facts(): ConnectionFacts {
    const { id, startedAtMs, accountName, identity, rttMs, traffic, stalls } = this;
    const { address, port, tls, type, nonceGiven, peerCertificate } = this.#door;
    const options = withCredentialsOf(this.#door, this.#options);
    const { name, lang, version, jwt } = options;
    const subscriptions = this.#subscriptions;
    return {
      ...{ id, startedAtMs, accountName, rttMs, traffic, stalls, name, lang, version, jwt },
      ...{ address, port, tls, door: type },
      lastActivityAtMs: this.#lastActivityAtMs,
      pendingBytes: this.outbox.pendingBytes,
      subscriptionCount: subscriptions.count,
      isTlsFirst: tls !== undefined && type === "STANDARD" && nonceGiven === undefined,
      certificateSubject: peerCertificate?.subject ?? "",
      user: rawUser(options, identity?.claim?.userKey),
      isBearer: identity?.claim?.isBearer ?? false,
      issuerKey: identity?.issuerKey ?? "",
      tags: identity?.tags ?? [],
      subscriptions: subscriptionFacts(subscriptions),
    };
  }

  /** Tells the client why, and closes the connection once that is sent. */
  close(errorText: string): void {
    if (this.isClosed) return;
    this.#sendError(errorText);
    this.closeQuietly(closeReasonOf(errorText));
  }

  /** Closes the connection once what waits for it is sent, without telling why; `reason` is for events. */
  closeQuietly(reason: string): void {
    if (this.isClosed) return;
    this.#terminate(reason);
    this.outbox.end(farewellOf(reason));
  }

  /** Closes the connection once what waits for it is sent, because the server stops. */
  end(): void {
    this.closeQuietly("Server Shutdown");
  }

  /** Closes the connection at once. */
  destroy(): void {
    this.#terminate("Server Shutdown");
    this.outbox.destroy();
  }

  /** Tells a client that listens for it that the server is about to stop. Returns whether it does. */
  announceLameDuck(): boolean {
    if (this.isClosed || !this.#isFirstPongSent) return false;
    if (this.#options.protocol < protocolWithInfo) return false;
    const { serverInfo } = this.#services;
    this.outbox.writeBytes(
      serverInfo.encode({
        clientId: this.id,
        port: this.#door.info,
        clientAddress: this.#door.address,
        isAuthRequired: this.#services.security.authorizer.policyAt(this.#door.type)
          .isAuthAnnounced,
        payloadMax: this.#parser.payloadMax,
        isLameDuck: true,
      }),
    );
    return true;
  }

  /** Begins to tell the log what goes in and out, or ends it. */
  traceProtocol(options: ProtocolTraceOptions | undefined): void {
    const { logger } = this.#services;
    this.outbox.trace =
      options &&
      new ProtocolTrace(options, (text) => logger.trace({ connection: this.#label }, text));
  }

  /** Ends a subscription. */
  unsubscribe(subscription: ClientSubscription): void {
    this.#subscriptions.end(subscription);
  }

  /** Who may come in has changed: finds out whether that is still so for this client, and what it may do now. */
  reauthenticate(): void {
    this.#entry.recheck();
  }

  /** Takes up what its user, its account and the server may use now. Returns false if it has more than that. */
  applyLimits(): boolean {
    return this.#applyLimits(this.#entry.membership);
  }

  /** Gives it other permissions. What it may not subscribe to any more ends, and it is told. */
  setPermissions(permissions: Permissions | undefined): void {
    const { membership } = this.#entry;
    if (membership === undefined || this.isClosed) return;
    membership.setPermissions(permissions);
    this.#takePermissions(membership);
    this.recheckSubscriptions();
  }

  permitReply(message: MessageView): void {
    this.#permissions?.onDelivered(message);
  }

  countSent(size: number): void {
    this.#counters.outMessages++;
    this.#counters.outBytes += size;
    this.traffic.outMessages++;
    this.traffic.outBytes += size;
    this.#account.traffic.outMessages++;
    this.#account.traffic.outBytes += size;
  }

  stall(): void {
    const { publisherStallMs } = this.#services.limits;
    if (this.#stall !== undefined || this.isClosed || publisherStallMs === 0) return;
    this.#counters.stalls++;
    this.stalls++;
    this.#readGate.pause(stallReason);
    this.#stall = this.#services.clock.setTimer(publisherStallMs, () => {
      this.#stall = undefined;
      this.#readGate.resume(stallReason);
    });
  }

  pauseReading(reason: string): void {
    if (!this.isClosed) this.#readGate.pause(reason);
  }

  resumeReading(reason: string): void {
    if (!this.isClosed) this.#readGate.resume(reason);
  }

  sendPing(): void {
    this.outbox.writeBytes(PING_FRAME);
  }

  onStale(): void {
    this.#counters.staleConnections++;
    this.close("Stale Connection");
  }

  // Helpers.

  /** What the log calls it. */
  get #label(): string {
    const { address, port, forwardedAddress, type } = this.#door;
    return connectionLabel({
      ...this.#options,
      id: this.id,
      address,
      port,
      isWebSocket: type === "WEBSOCKET",
      forwardedAddress,
    });
  }

  #takePermissions({ permissions }: Membership): void {
    this.#permissions = permissions;
    this.#subscriptions.rules = permissions?.rules;
    this.tracksReplies = permissions?.permits !== undefined;
  }

  #applyLimits(membership: Membership | undefined): boolean {
    const { limits } = this.#services;
    this.#keepAlive.limits = keepAliveLimits(this.#door, limits);
    this.#parser.controlLineMax = limits.controlLineMax;
    this.#parser.payloadMax = membership?.payloadMax(limits) ?? limits.payloadMax;
    this.#subscriptions.tokensMax = limits.subscriptionTokensMax;
    this.#subscriptions.countMax = membership?.subscriptionsMax(limits) ?? -1;
    const { count, countMax } = this.#subscriptions;
    return countMax < 0 || count < countMax;
  }

  #map(message: MessageView): void {
    const { subjectBuffer, subjectStart, subjectEnd } = message;
    if (!this.#account.mapSubject(message, this.#mapped)) return;
    const to = message.subjectText();
    message.trace?.onMapped(to);
    this.outbox.trace?.onMapped(subjectBuffer.toString("utf8", subjectStart, subjectEnd), to);
  }

  /** Publishes a message whose headers may ask for a trace. */
  #publishTraced(message: MessageView): void {
    const { clock, random, logger, serverInfo } = this.#services;
    const decision = decideTrace(message, {
      ...{ clock, random, logger, server: serverInfo, account: this.#account },
      clientId: this.id,
      clientName: this.name,
      mayPublish: (subject) => this.#permissions?.mayAlwaysPublish(subject) ?? true,
    });
    if (decision.t === "forbidden") this.#sendViolation(publishViolation(decision.destination));
    else if (decision.t === "untraced") this.#publish(message);
    if (decision.t !== "traced") return;
    message.trace = decision.trace;
    this.#publish(message);
    message.trace = undefined;
    decision.trace.send();
  }

  #refusePublish(message: MessageView, text: string): void {
    message.trace?.onRefused(text);
    this.#sendViolation(text);
  }

  #sendViolation(text: string): void {
    const user = this.user === "" ? "N/A" : goQuote(this.user);
    this.#services.logger.error({ connection: this.#label }, `${text} - User ${user}`);
    this.#sendError(text);
  }

  /** The INFO of a greeting; once CONNECT is there, the one that tells the client its account. */
  #sendInfo(): void {
    const account = this.#account;
    this.outbox.writeBytes(
      this.#services.serverInfo.encode({
        clientId: this.id,
        port: this.#door.info,
        clientAddress: this.#door.address,
        isAuthRequired: this.#services.security.authorizer.policyAt(this.#door.type)
          .isAuthAnnounced,
        payloadMax: this.#parser.payloadMax,
        nonce: this.#isConnectReceived ? "" : this.#entry.nonce,
        remoteAccount: this.#isConnectReceived ? account.name : undefined,
        isSystemAccount: this.#isConnectReceived && account === this.#services.systemAccount,
      }),
    );
  }

  #noteActivity(): void {
    this.#lastActivityAtMs = this.#services.clock.nowMs();
  }

  #confirm(): void {
    if (this.#options.verbose) this.outbox.writeBytes(OK_FRAME);
  }

  #sendError(text: string): void {
    this.outbox.writeBytes(errFrame(text));
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
    this.outbox.writeBytes(Buffer.from(frame, "latin1"));
  }

  #closeSlow(reason: SlowReason): void {
    this.#counters.slowConsumers++;
    this.#account.traffic.slowConsumers++;
    this.#services.logger.warn(
      { connection: this.#label, pendingBytes: this.outbox.pendingBytes },
      slowReasons[reason],
    );
    this.#terminate(slowReasons[reason]);
    this.outbox.destroy();
  }

  /** Ends everything but the socket. No effect the second time. */
  #terminate(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#parser.stop();
    this.#stall?.cancel();
    this.#keepAlive.stop();
    const { clock, limits, closed } = this.#services;
    closed.add(this.facts(), reason, clock.nowMs(), limits.closedConnectionsMax);
    this.#subscriptions.endAll();
    this.#entry.stop(reason);
    this.#services.logger.debug({ connection: this.#label }, `Client connection closed: ${reason}`);
  }
}
