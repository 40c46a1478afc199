import type { Socket } from "@oxbow/base";
import { PING_FRAME, PONG_FRAME, type ServerHandler, ServerParser } from "@oxbow/wire/nats";

/** Who hears what the engine says on behalf of a client. */
export interface EngineLinkListener {
  /** The engine has taken the credentials. */
  onReady(): void;
  /** In which account the client is, as far as the engine says it; a while after it has taken the credentials. */
  onAccount(name: string): void;
  /** It has not, or does not speak as it should. */
  onRefused(text: string): void;
  /** Buffers are valid during the call only. */
  onMessage(subject: Buffer, sid: Buffer, reply: Buffer, headers: Buffer, payload: Buffer): void;
  onPing(): void;
  onPong(): void;
  onOk(): void;
  /** It complains about something that a client has done; the connection may go on. */
  onComplaint(text: string): void;
  /** Everything that came at once has been told. */
  onChunkEnd(): void;
  onDrain(): void;
  onClosed(): void;
}

/** The engine is trusted: these only bound what a broken one could make the gateway keep. */
const limits = { controlLineMax: 1024 * 1024, payloadMax: 128 * 1024 * 1024 };

/**
 * A connection to the engine for one client. It logs in with what the client has sent, and from then on tells what comes.
 */
export class EngineLink implements ServerHandler {
  readonly #socket: Socket;
  readonly #listener: EngineLinkListener;
  readonly #connectFrame: Buffer;
  readonly #parser: ServerParser = new ServerParser(this, limits);
  #state: "greeting" | "logging in" | "ready" | "over" = "greeting";

  constructor(socket: Socket, connectFrame: Buffer, listener: EngineLinkListener) {
    this.#socket = socket;
    this.#listener = listener;
    this.#connectFrame = connectFrame;
    socket.attach({
      onData: (chunk) => {
        this.#parser.parse(chunk);
        if (this.#state === "ready") this.#listener.onChunkEnd();
      },
      onDrain: () => this.#listener.onDrain(),
      onClose: () => this.#closed(),
    });
  }

  get pendingBytes(): number {
    return this.#socket.pendingBytes;
  }

  write(frames: Buffer): void {
    this.#socket.write(frames);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends it; the listener hears nothing more. */
  end(): void {
    this.#state = "over";
    this.#parser.stop();
    this.#socket.end();
  }

  onInfo(buffer: Buffer, start: number, end: number): void {
    if (this.#state !== "greeting") {
      const account = accountIn(buffer.toString("utf8", start, end));
      if (account !== undefined) this.#listener.onAccount(account);
      return;
    }
    this.#state = "logging in";
    this.#socket.write(Buffer.concat([this.#connectFrame, PING_FRAME]));
  }

  onMessage(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    sidStart: number,
    sidEnd: number,
    replyStart: number,
    replyEnd: number,
    headersSize: number,
    payloadStart: number,
    payloadEnd: number,
  ): void {
    const bodyStart = payloadStart + headersSize;
    this.#listener.onMessage(
      buffer.subarray(subjectStart, subjectEnd),
      buffer.subarray(sidStart, sidEnd),
      buffer.subarray(replyStart, replyEnd),
      buffer.subarray(payloadStart, bodyStart),
      buffer.subarray(bodyStart, payloadEnd),
    );
  }

  onOk(): void {
    if (this.#state === "ready") this.#listener.onOk();
  }

  onError(buffer: Buffer, start: number, end: number): void {
    const text = buffer.toString("utf8", start, end).replace(/^'|'$/g, "");
    if (this.#state === "ready") this.#listener.onComplaint(text);
    else this.#refused(text);
  }

  onPing(): void {
    if (this.#state === "ready") this.#listener.onPing();
    else this.#socket.write(PONG_FRAME);
  }

  onPong(): void {
    if (this.#state === "ready") {
      this.#listener.onPong();
      return;
    }
    this.#state = "ready";
    this.#listener.onReady();
  }

  onProtocolError(): void {
    this.#refused("the engine does not speak the protocol of NATS");
  }

  #refused(text: string): void {
    if (this.#state === "over") return;
    this.end();
    this.#listener.onRefused(text);
  }

  #closed(): void {
    if (this.#state === "over") return;
    const wasReady = this.#state === "ready";
    this.#state = "over";
    if (wasReady) this.#listener.onClosed();
    else this.#listener.onRefused("the engine has closed the connection");
  }
}

/** The account in an INFO that comes after the credentials. */
function accountIn(text: string): string | undefined {
  try {
    const { remote_account: name } = JSON.parse(text) as { readonly remote_account?: unknown };
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}
