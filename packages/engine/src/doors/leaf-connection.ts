import type { Clock, Socket, SocketHandler, Timer } from "@oxbow/base";
import {
  type ClientHandler,
  ClientParser,
  errFrame,
  PROTOCOL_ERROR_TEXTS,
  type ProtocolErrorKind,
} from "@oxbow/wire/nats";
import type { Arriving } from "../connection/connection-registry.ts";
import type { DoorLog } from "./door-log.ts";

/** Arguments of CONNECT, which brings a JWT and a signature. */
export const leafControlLineMax: number = 16 * 1024;

/** What a client of the client protocol is told here. */
const wrongPortText = "attempted to connect to leaf node port";
/** What a server that joins as a leaf node is told. */
const unsupportedText = "leaf node connections are not supported by this server";
const authorizationViolation = "Authorization Violation";
const timeoutText = "Authentication Timeout";

/** What a connection at the leaf node port needs. */
export interface LeafConnectionServices {
  readonly clock: Clock;
  readonly log: DoorLog;
  /** How long it may take to its CONNECT. */
  readonly timeoutMs: number;
  /** It is over. */
  onClosed(connection: LeafConnection): void;
}

/**
 * Somebody at the port for leaf nodes. Waits for CONNECT, and refuses everybody with a text that says why: clients because
 * it is the wrong port, other servers because they cannot join yet.
 */
export class LeafConnection implements ClientHandler, SocketHandler, Arriving {
  readonly #socket: Socket;
  readonly #services: LeafConnectionServices;
  readonly #parser: ClientParser;
  readonly #timer: Timer;
  #isClosed = false;

  /** Takes the socket over and greets with `info`, unless that was done before. */
  constructor(socket: Socket, info: Buffer | undefined, services: LeafConnectionServices) {
    this.#socket = socket;
    this.#services = services;
    this.#parser = new ClientParser(this, { controlLineMax: leafControlLineMax, payloadMax: 0 });
    this.#parser.connectRequired = true;
    this.#timer = services.clock.setTimer(services.timeoutMs, () => this.#refuse(timeoutText));
    socket.attach(this);
    if (info !== undefined) socket.write(info);
  }

  destroy(): void {
    this.#close();
    this.#socket.destroy();
  }

  onData(chunk: Buffer): void {
    if (!this.#isClosed) this.#parser.parse(chunk);
  }

  onDrain(): void {}

  onClose(): void {
    this.#close();
  }

  onConnect(buffer: Buffer, start: number, end: number): void {
    const lang = langOf(buffer.toString("utf8", start, end));
    if (lang === undefined) this.#refuse(undefined);
    else this.#refuse(lang === "" ? unsupportedText : wrongPortText);
  }

  onProtocolError(kind: ProtocolErrorKind): void {
    this.#refuse(PROTOCOL_ERROR_TEXTS[kind]);
  }

  // Before CONNECT, the parser lets none of these through, and after it nothing is read.

  onPublish(): void {
    this.#refuse(authorizationViolation);
  }

  onSubscribe(): void {
    this.#refuse(authorizationViolation);
  }

  onUnsubscribe(): void {
    this.#refuse(authorizationViolation);
  }

  onInfo(): void {
    this.#refuse(authorizationViolation);
  }

  onPing(): void {
    this.#refuse(authorizationViolation);
  }

  onPong(): void {
    this.#refuse(authorizationViolation);
  }

  #refuse(text: string | undefined): void {
    if (this.#isClosed) return;
    this.#services.log.refused(this.#socket, `at the leaf node port: ${text ?? "protocol error"}`);
    if (text !== undefined) this.#socket.write(errFrame(text));
    this.#close();
    this.#socket.end();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer.cancel();
    this.#parser.stop();
    this.#services.onClosed(this);
  }
}

/** The language of the client that sent `json` in its CONNECT, which servers leave out; `undefined`: it is not JSON. */
function langOf(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const { lang } = value as { readonly lang?: unknown };
    return typeof lang === "string" ? lang : "";
  } catch {
    return undefined; // Broken JSON closes the connection like a wrong type does.
  }
}
