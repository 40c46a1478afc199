import type { Socket, SocketHandler } from "@oxbow/base";
import { ClientParser, errFrame, PING_FRAME } from "@oxbow/wire/nats";
import type { Identity } from "../auth/identity.ts";
import { authorizationViolation, globalAccountName } from "../auth/verdicts.ts";
import type { Permissions } from "../options/permissions.ts";
import type { Account } from "../routing/account.ts";
import type { ClientInfo } from "../routing/client-info.ts";
import type { MessageView } from "../routing/message.ts";
import { Traffic } from "../routing/traffic.ts";
import { describeClient } from "./client-description.ts";
import { ClientEntry, type EnteringClient } from "./client-entry.ts";
import {
  ClientOperations,
  type OperatedConnection,
  protocolWithInfo,
} from "./client-operations.ts";
import type { ClientPermissions } from "./client-permissions.ts";
import { ClientPublisher, type PublishingClient } from "./client-publisher.ts";
import type { ClientSubscription, Subscriber } from "./client-subscription.ts";
import { ClientSubscriptions } from "./client-subscriptions.ts";
import { closeReasonOf } from "./close-reasons.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { type ConnectionFacts, rawUser, subscriptionFacts } from "./connection-facts.ts";
import { ConnectionLog } from "./connection-log.ts";
import type { ConnectionServices } from "./connection-services.ts";
import { type Door, keepAliveLimits, withCredentialsOf } from "./door.ts";
import type { EngineCounters } from "./engine-counters.ts";
import { subscribeViolation } from "./error-texts.ts";
import { farewellOf } from "./farewell.ts";
import { KeepAlive, type KeptAlive } from "./keep-alive.ts";
import type { Membership } from "./membership.ts";
import { Outbox, type SlowReason } from "./outbox.ts";
import type { ProtocolTraceOptions } from "./protocol-trace.ts";
import { PublisherStall } from "./publisher-stall.ts";
import { ReadGate } from "./read-gate.ts";

/** Why nothing is read from a client while nobody knows yet who it is. */
const entryReason = "authentication";
/** What nats-server calls the end of a slow consumer. */
const slowReasons: Readonly<Record<SlowReason, string>> = {
  "pending-bytes": "Slow Consumer (Pending Bytes)",
  "write-deadline": "Slow Consumer (Write Deadline)",
};

/** One client: reads what it sends, keeps its subscriptions, and writes to it. */
export class ClientConnection
  implements
    SocketHandler,
    Subscriber,
    KeptAlive,
    EnteringClient,
    OperatedConnection,
    PublishingClient
{
  readonly id: number;
  /** When it came, in wall-clock milliseconds. */
  readonly startedAtMs: number;
  readonly outbox: Outbox;
  /** Whether it gets what it publishes itself. */
  echo = true;
  takesHeaders = false;
  tracksReplies = false;
  /** What it has published and got. */
  readonly traffic: Traffic = new Traffic();
  /** Called once it is over: nothing more comes from it or goes to it. */
  onClosed: () => void = () => {};
  readonly #socket: Socket;
  readonly #door: Door;
  readonly #entry: ClientEntry;
  readonly #services: ConnectionServices;
  readonly #counters: EngineCounters;
  readonly #parser: ClientParser;
  readonly #keepAlive: KeepAlive;
  readonly #subscriptions: ClientSubscriptions;
  readonly #publisher: ClientPublisher;
  readonly #operations: ClientOperations;
  readonly #log: ConnectionLog;
  readonly #readGate: ReadGate;
  readonly #stall: PublisherStall;
  #account: Account;
  /** What its user may do, for each message. */
  #permissions: ClientPermissions | undefined = undefined;
  #isClosed = false;

  /** Takes the socket over and greets the client. */
  constructor(id: number, socket: Socket, services: ConnectionServices, door: Door) {
    const { limits, clock, random } = services;
    this.id = id;
    this.startedAtMs = clock.nowMs();
    this.#socket = socket;
    this.#door = door;
    this.#services = services;
    this.#counters = services.counters;
    this.#account = services.account(globalAccountName);
    this.#subscriptions = new ClientSubscriptions(this, this.#account);
    this.#readGate = new ReadGate(socket);
    this.#stall = new PublisherStall(this.#readGate, clock);
    this.#log = new ConnectionLog(services.logger, id, door);
    this.outbox = new Outbox(socket, services, (reason) => this.#closeSlow(reason));
    this.#keepAlive = new KeepAlive(this, clock, random, keepAliveLimits(door, limits));
    this.#entry = new ClientEntry(this, door, services);
    const subscriptions = this.#subscriptions;
    const publisher = new ClientPublisher(this, this.#account, subscriptions, services);
    const entry = this.#entry;
    const keepAlive = this.#keepAlive;
    this.#publisher = publisher;
    const parts = { clock, entry, keepAlive, publisher, subscriptions };
    this.#operations = new ClientOperations(this, parts, this.startedAtMs);
    this.#parser = new ClientParser(this.#operations, limits);
    this.#parser.headersAllowed = false;
    this.#parser.connectRequired = this.#entry.begin();
    if (services.protocolTrace !== undefined) this.traceProtocol(services.protocolTrace);
    this.#log.created();
    socket.attach(this);
    this.#keepAlive.start();
    if (door.nonceGiven === undefined) this.sendInfo();
  }

  get accountName(): string {
    return this.#account.name;
  }

  /** Who it is; `undefined` until that is known. */
  get identity(): Identity | undefined {
    return this.#entry.membership?.identity;
  }

  get isInProcess(): boolean {
    return this.#door.type === "IN_PROCESS";
  }

  get user(): string {
    return this.identity?.user ?? "";
  }

  /** What the client calls itself. */
  get name(): string {
    return this.connectOptions.name;
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
    return this.#operations.options;
  }

  get activityCount(): number {
    return this.#operations.activityCount;
  }

  // What the socket says.

  onData(chunk: Buffer): void {
    const { inMessages } = this.traffic;
    const end = this.#entry.isPending ? 0 : this.#parser.parse(chunk);
    if (this.traffic.inMessages !== inMessages) this.#operations.noteActivity();
    if (end === chunk.length || this.#entry.hold(chunk.subarray(end))) return;
    this.close(authorizationViolation);
  }

  onDrain(): void {}

  onClose(error: Error | undefined): void {
    this.#terminate(error === undefined ? "Client Closed" : "Read Error");
    this.outbox.destroy();
    this.onClosed();
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
    this.#publisher.account = this.#account;
    this.#subscriptions.moveTo(this.#account);
    this.#takePermissions(membership);
    this.#applyLimits(membership);
  }

  onConnectRead(options: ConnectOptions): void {
    this.#log.options = options;
  }

  onAdmitted(hasConnected: boolean): void {
    const options = this.connectOptions;
    this.echo = options.echo;
    this.takesHeaders = options.headers;
    this.#parser.headersAllowed = options.headers;
    this.#parser.connectRequired = false;
    if (options.protocol < 0 || options.protocol > protocolWithInfo) {
      this.close("invalid client protocol");
    } else if (options.noResponders && !options.headers) {
      this.close("no responders requires headers support");
    } else if (hasConnected) {
      this.#operations.confirm();
    }
  }

  logRefusal(user: string, reason: string): void {
    this.#log.refused(user, reason);
  }

  recheckSubscriptions(): void {
    for (const { subject, queue, sid } of this.#subscriptions.recheck()) {
      this.sendViolation(subscribeViolation(subject, queue, sid.toString("utf8")));
    }
  }

  // What the engine wants.

  clientInfo(isDetailed: boolean): ClientInfo {
    const { id, accountName, identity, rttMs, startedAtMs } = this;
    const { name, lang, version } = this.connectOptions;
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
    const { id, startedAtMs, accountName, identity, rttMs, traffic } = this;
    const stalls = this.#stall.count;
    const { address, port, tls, type, nonceGiven, peerCertificate } = this.#door;
    const options = withCredentialsOf(this.#door, this.connectOptions);
    const { name, lang, version, jwt } = options;
    const subscriptions = this.#subscriptions;
    return {
      ...{ id, startedAtMs, accountName, rttMs, traffic, stalls, name, lang, version, jwt },
      ...{ address, port, tls, door: type },
      lastActivityAtMs: this.#operations.lastActivityAtMs,
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

  sendError(text: string): void {
    this.outbox.writeBytes(errFrame(text));
  }

  sendViolation(text: string): void {
    this.#log.violated(text, this.user);
    this.sendError(text);
  }

  /** The INFO of a greeting; once CONNECT is there, the one that tells the client its account. */
  sendInfo(): void {
    const account = this.#account;
    const { isConnectReceived } = this.#operations;
    const { serverInfo, systemAccount } = this.#services;
    this.outbox.writeBytes(
      serverInfo.encode({
        ...this.#infoParts(),
        nonce: isConnectReceived ? "" : this.#entry.nonce,
        remoteAccount: isConnectReceived ? account.name : undefined,
        isSystemAccount: isConnectReceived && account === systemAccount,
      }),
    );
  }

  /** Tells the client why, and closes the connection once that is sent. */
  close(errorText: string): void {
    if (this.isClosed) return;
    this.sendError(errorText);
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
    if (this.isClosed || !this.#operations.takesInfo) return false;
    const { serverInfo } = this.#services;
    this.outbox.writeBytes(serverInfo.encode({ ...this.#infoParts(), isLameDuck: true }));
    return true;
  }

  /** Begins to tell the log what goes in and out, or ends it. */
  traceProtocol(options: ProtocolTraceOptions | undefined): void {
    this.outbox.trace = options && this.#log.protocolTrace(options);
  }

  /** Ends a subscription. */
  unsubscribe(subscription: ClientSubscription): void {
    this.#subscriptions.end(subscription);
  }

  /** Who may come in has changed: finds out whether that is still so for this client, and what it may do now. */
  reauthenticate(): Promise<void> | undefined {
    return this.#entry.recheck();
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
    if (this.isClosed) return;
    if (this.#stall.begin(this.#services.limits.publisherStallMs)) this.#counters.stalls++;
  }

  stallFor(durationMs: number): void {
    if (!this.isClosed) this.#stall.begin(durationMs);
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

  #takePermissions({ permissions }: Membership): void {
    this.#permissions = permissions;
    this.#publisher.permissions = permissions;
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

  /** What every INFO says. */
  #infoParts() {
    const { authorizer } = this.#services.security;
    return {
      clientId: this.id,
      port: this.#door.info,
      clientAddress: this.#door.address,
      isAuthRequired:
        this.#door.identity === undefined && authorizer.policyAt(this.#door.type).isAuthAnnounced,
      payloadMax: this.#parser.payloadMax,
    };
  }

  #closeSlow(reason: SlowReason): void {
    this.#counters.slowConsumers++;
    this.#account.traffic.slowConsumers++;
    this.#log.slow(slowReasons[reason], this.outbox.pendingBytes);
    this.#terminate(slowReasons[reason]);
    this.outbox.destroy();
  }

  /** Ends everything but the socket. No effect the second time. */
  #terminate(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#parser.stop();
    this.#stall.cancel();
    this.#keepAlive.stop();
    const { clock, limits, closed } = this.#services;
    closed.add(this.facts(), reason, clock.nowMs(), limits.closedConnectionsMax);
    this.#subscriptions.endAll();
    this.#entry.stop(reason);
    this.#log.closed(reason);
  }
}
