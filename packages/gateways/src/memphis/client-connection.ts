import type { Clock, Logger, Socket, SocketHandler, Timer } from "@oxbow/base";
import {
  ClientParser,
  errFrame,
  infoFrame,
  OK_FRAME,
  PING_FRAME,
  PONG_FRAME,
  PROTOCOL_ERROR_TEXTS,
  type ProtocolErrorKind,
} from "@oxbow/wire/nats";
import type { ClientAddress } from "../credentials.ts";
import { type ClientListener, ClientTraffic } from "./client-traffic.ts";
import { type ConnectRequest, readConnect } from "./credentials.ts";
import type { EngineInfo } from "./engine-info.ts";
import { EngineLink, type EngineLinkListener } from "./engine-link.ts";
import { gatewayLimits } from "./limits.ts";
import type { MemphisEngine } from "./memphis-engine.ts";
import { MessageStamp } from "./message-stamp.ts";
import type { PartitionCounts } from "./partition-counts.ts";

/** What a connection needs of the gateway. */
export interface ConnectionServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly engine: MemphisEngine;
  readonly counts: PartitionCounts;
  readonly info: EngineInfo;
}

/** Who answers what a client asks the gateway. */
interface ConnectionListener {
  /** The engine has taken its credentials. */
  onOpen(request: ConnectRequest): void;
  /** The account that it is in. */
  onAccount(name: string): void;
  /** It has subscribed to something that the gateway sends. */
  onSubscribe(subject: string): void;
  onRequest(subject: string, reply: string, payload: Buffer): void;
  onDeadLetter(ackSubject: string, payload: Buffer): void;
  onClosed(): void;
}

const noBytes = Buffer.alloc(0);

/**
 * The connection of one client, and the one to the engine that goes with it. Until the engine has taken the client's
 * credentials nothing is read but CONNECT.
 */
export class ClientConnection implements SocketHandler, ClientListener {
  readonly traffic: ClientTraffic;
  readonly #socket: Socket;
  readonly #services: ConnectionServices;
  readonly #listener: ConnectionListener;
  readonly #parser: ClientParser;
  readonly #authTimer: Timer;
  #request: ConnectRequest | undefined = undefined;
  #link: EngineLink | undefined = undefined;
  #isOpen = false;
  #isOver = false;
  /** What came behind CONNECT. */
  #rest: Buffer = noBytes;
  /** Requests that are not answered yet. */
  #requests = 0;
  #isPaused = false;
  #reasonTimer: Timer | undefined = undefined;

  constructor(socket: Socket, services: ConnectionServices, listener: ConnectionListener) {
    this.#socket = socket;
    this.#services = services;
    this.#listener = listener;
    this.traffic = new ClientTraffic(services.counts, this);
    const { controlLineMax, authTimeoutMs } = gatewayLimits;
    this.#parser = new ClientParser(this.traffic, { controlLineMax, payloadMax: 0 });
    this.#parser.connectRequired = true;
    this.#authTimer = services.clock.setTimer(authTimeoutMs, () =>
      this.#refuse("Authentication Timeout"),
    );
    socket.attach(this);
    socket.write(infoFrame(services.info.forClient(socket)));
  }

  /** Where the client is. */
  get client(): ClientAddress {
    return { address: this.#socket.remoteAddress, port: this.#socket.remotePort };
  }

  onData(chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#request !== undefined && !this.#isOpen) {
      this.#hold(chunk);
      return;
    }
    const read = this.#parser.parse(chunk);
    if (read < chunk.length) this.#hold(chunk.subarray(read));
    this.#flush();
  }

  /** What was written to the client has gone. */
  onDrain(): void {
    this.#link?.resume();
    this.#steer();
  }

  onClose(): void {
    this.#finish();
  }

  onConnect(text: string): void {
    if (this.#request !== undefined) return;
    const request = readConnect(text);
    if (request === undefined) {
      this.#refuse(PROTOCOL_ERROR_TEXTS["unknown-operation"] ?? "");
      return;
    }
    this.#request = request;
    this.#parser.connectRequired = false;
    this.#parser.suspend();
    this.#socket.pause();
    this.#dial(request).catch((error: unknown) => {
      this.#services.logger.error({ err: error }, "the engine can't be reached for a client");
      this.close();
    });
  }

  onProtocolError(kind: ProtocolErrorKind): void {
    this.#refuse(PROTOCOL_ERROR_TEXTS[kind] ?? "");
  }

  onTooManySubscriptions(): void {
    this.#refuse("maximum subscriptions exceeded");
  }

  onSubscribe(subject: string): void {
    this.#listener.onSubscribe(subject);
  }

  onLateWrite(): void {
    this.#flush();
  }

  onRequest(subject: string, reply: string, payload: Buffer): void {
    this.#requests++;
    this.#listener.onRequest(subject, reply, payload);
  }

  onDeadLetter(ackSubject: string, payload: Buffer): void {
    this.#reasonTimer?.cancel();
    this.#requests++;
    this.#listener.onDeadLetter(ackSubject, payload);
  }

  onTermination(): void {
    this.#reasonTimer?.cancel();
    this.#reasonTimer = this.#services.clock.setTimer(gatewayLimits.reasonMs, () => {
      this.traffic.settle();
      this.#flush();
    });
  }

  /** Gives the answer to a request; `undefined` if there is none to give. */
  answer(reply: string, text: string | undefined): void {
    this.#requests--;
    if (this.#isOver) return;
    if (reply !== "" && text !== undefined) this.traffic.answer(reply, text);
    this.#flush();
  }

  /** Gives up a message, as {@link ConnectionListener.onDeadLetter} has asked for. */
  terminate(ackSubject: string, reason: string): void {
    this.#requests--;
    if (this.#isOver) return;
    this.traffic.terminate(ackSubject, reason);
    this.#flush();
  }

  /** Whether it has subscribed to just this subject, to which the gateway sends. */
  hears(subject: string): boolean {
    if (this.#isOver) return false;
    const [first] = this.traffic.subscriptions.to(subject);
    return first !== undefined;
  }

  push(subject: string, text: string): void {
    if (this.#isOver) return;
    this.traffic.push(subject, text);
    this.#flush();
  }

  /** Ends the connection without an error, so that the SDK comes back. */
  close(): void {
    if (this.#isOver) return;
    this.#socket.end();
    this.#finish();
  }

  async #dial({ frame }: ConnectRequest): Promise<void> {
    const socket = await this.#services.engine.dial(this.client);
    if (this.#isOver) socket.destroy();
    else this.#link = new EngineLink(socket, frame, this.#linkListener());
  }

  #linkListener(): EngineLinkListener {
    const { toClient } = this.traffic;
    return {
      onReady: () => this.#open(),
      onAccount: (name) => this.#listener.onAccount(name),
      onRefused: (text) => {
        this.#log("debug", text, "a client of Memphis was refused");
        this.#refuse(text);
      },
      onMessage: (...message) => this.traffic.deliver(...message),
      onPing: () => toClient.raw(PING_FRAME),
      onPong: () => toClient.raw(PONG_FRAME),
      onOk: () => {
        if (this.traffic.isVerbose) toClient.raw(OK_FRAME);
      },
      // SDKs take any error for the end: they close and never come back.
      onComplaint: (text) => {
        this.#log("warn", text, "the engine refused what a client of Memphis did");
        this.traffic.complain(text);
      },
      onChunkEnd: () => this.#flush(),
      onDrain: () => this.#steer(),
      onClosed: () => this.close(),
    };
  }

  /** The engine has taken the credentials. */
  #open(): void {
    const request = this.#request as ConnectRequest;
    this.#authTimer.cancel();
    this.#isOpen = true;
    this.traffic.stamp = new MessageStamp(this.#request?.credentials.user ?? "");
    this.#socket.trust();
    this.traffic.isVerbose = request.isVerbose;
    this.#parser.payloadMax = this.#services.info.payloadMax;
    if (request.isVerbose) this.traffic.toClient.raw(OK_FRAME);
    this.#listener.onOpen(request);
    const rest = this.#rest;
    this.#rest = noBytes;
    if (rest.length > 0) this.onData(rest);
    this.#socket.resume();
    this.#flush();
  }

  /** Keeps what came behind CONNECT; there is not much of it, as nothing more is read. */
  #hold(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
  }

  #log(level: "debug" | "warn", reason: string, message: string): void {
    const user = this.#request?.credentials.user;
    const address = this.#socket.remoteAddress;
    this.#services.logger[level]({ address, user, reason }, message);
  }

  #flush(): void {
    if (this.#isOver) return;
    const { toClient, toEngine } = this.traffic;
    if (toClient.size > 0) this.#socket.write(toClient.take());
    if (this.#isOpen && toEngine.size > 0) this.#link?.write(toEngine.take());
    if (this.#socket.pendingBytes > gatewayLimits.waitingBytesMax) this.#link?.pause();
    this.#steer();
  }

  /** Reads no more from the client than what can be passed on. */
  #steer(): void {
    if (!this.#isOpen || this.#isOver) return;
    const { waitingBytesMax, heldBytesMax, requestsMax } = gatewayLimits;
    const isFull =
      (this.#link?.pendingBytes ?? 0) > waitingBytesMax ||
      this.traffic.heldBytes > heldBytesMax ||
      this.#requests > requestsMax;
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) this.#socket.pause();
    else this.#socket.resume();
  }

  /** Says what is wrong, and closes. */
  #refuse(text: string): void {
    if (this.#isOver) return;
    if (text !== "") this.#socket.write(errFrame(text));
    this.close();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.traffic.settle();
    this.#flush();
    this.#isOver = true;
    this.#parser.stop();
    this.#authTimer.cancel();
    this.#reasonTimer?.cancel();
    this.#link?.end();
    this.#listener.onClosed();
  }
}
