import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { eventually, withDeadline } from "./deadline.ts";
import { type Frame, FrameReader } from "./frame-reader.ts";
import { Inbox, type RawMessage } from "./inbox.ts";

/** What a test may want to know of the server it dials. */
export interface Address {
  readonly port: number;
}

/** The fields of CONNECT that {@link RawClient.open} sends unless told otherwise. */
const CONNECT_DEFAULTS = {
  verbose: false,
  pedantic: false,
  protocol: 1,
  headers: true,
  no_responders: true,
  lang: "raw",
  version: "1",
};

/** Headers of a message to publish, in order. */
export type Headers = Readonly<Record<string, string>>;

export interface PublishOptions {
  readonly reply?: string;
  readonly headers?: Headers;
}

/**
 * A client that does nothing on its own but answer PING, so that tests say and see every line of the protocol.
 *
 * Messages of subscriptions made with {@link RawClient.subscribe} go to their {@link Inbox}; all else, apart from later
 * INFO lines, goes to one queue in the order it came.
 */
export class RawClient implements AsyncDisposable {
  /** The fields of the first INFO. */
  readonly info: Readonly<Record<string, unknown>>;
  /** INFO lines after the first. */
  readonly laterInfos: Record<string, unknown>[] = [];
  /** Set to false to let the server wait for its PONG in vain. */
  answersPings = true;

  readonly #socket: Socket;
  readonly #reader: FrameReader;
  readonly #inboxes = new Map<string, Inbox>();
  readonly #frames: Frame[] = [];
  readonly #closed: Promise<void>;
  /** Unlike that of any other client, because tests run side by side on one server. */
  readonly #inboxPrefix = `_INBOX.${randomUUID()}`;
  #isClosed = false;
  #wake: (() => void) | undefined;
  #sidLast = 1000;

  private constructor(socket: Socket, info: Record<string, unknown>, rest: FrameReader) {
    this.#socket = socket;
    this.info = info;
    this.#reader = rest;
    this.#closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.#isClosed = true;
        this.#wake?.();
        resolve();
      });
    });
    // A reset is one way in which a server ends a connection; "close" follows and is what tests look at.
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      this.#reader.push(chunk);
      this.#sort();
    });
    this.#sort();
  }

  /** Connects and reads INFO, without sending anything. */
  static async dial(server: Address): Promise<RawClient> {
    const socket = connect(server.port, "127.0.0.1");
    socket.setNoDelay(true);
    const reader = new FrameReader();
    for (;;) {
      const [chunk] = (await withDeadline(once(socket, "data"), () => "INFO")) as [Buffer];
      reader.push(chunk);
      const frame = reader.next();
      if (frame?.kind === "info") return new RawClient(socket, frame.info, reader);
      if (frame !== undefined) throw new Error(`not INFO but ${describeFrame(frame)}`);
    }
  }

  /** Connects to a server that may refuse at once; the INFO of one that does not goes to `laterInfos`. */
  static async dialUnwelcome(server: Address): Promise<RawClient> {
    const socket = connect(server.port, "127.0.0.1");
    const client = new RawClient(socket, {}, new FrameReader());
    await withDeadline(once(socket, "connect"), () => "a connection");
    return client;
  }

  /** Connects and sends CONNECT with `fields` on top of quiet defaults. */
  static async open(server: Address, fields: Record<string, unknown> = {}): Promise<RawClient> {
    const client = await RawClient.dial(server);
    client.connect(fields);
    return client;
  }

  connect(fields: Record<string, unknown> = {}): void {
    this.send(`CONNECT ${JSON.stringify({ ...CONNECT_DEFAULTS, ...fields })}`);
  }

  /** Writes `lines`, each ended by CRLF, as one chunk. */
  send(...lines: readonly string[]): void {
    this.write(`${lines.join("\r\n")}\r\n`);
  }

  write(bytes: string | Uint8Array): void {
    if (!this.#isClosed) this.#socket.write(bytes);
  }

  publish(subject: string, body: string | Uint8Array = "", options: PublishOptions = {}): void {
    const payload = Buffer.from(body);
    const reply = options.reply === undefined ? "" : `${options.reply} `;
    if (options.headers === undefined) {
      this.write(Buffer.concat([line(`PUB ${subject} ${reply}${payload.length}`), payload, CRLF]));
      return;
    }
    const header = headerBlock(options.headers);
    const sizes = `${header.length} ${header.length + payload.length}`;
    this.write(Buffer.concat([line(`HPUB ${subject} ${reply}${sizes}`), header, payload, CRLF]));
  }

  /** Subscribes with a sid of its own and collects what comes. */
  subscribe(subject: string, queue?: string): Inbox {
    const sid = String(++this.#sidLast);
    const inbox = new Inbox(subject, sid);
    this.#inboxes.set(sid, inbox);
    this.send(queue === undefined ? `SUB ${subject} ${sid}` : `SUB ${subject} ${queue} ${sid}`);
    return inbox;
  }

  unsubscribe(inbox: Inbox, max?: number): void {
    this.send(max === undefined ? `UNSUB ${inbox.sid}` : `UNSUB ${inbox.sid} ${max}`);
  }

  /** Publishes with a fresh reply subject and gives the inbox that answers arrive in. */
  ask(subject: string, body: string | Uint8Array = "", headers?: Headers): Inbox {
    const inbox = this.subscribe(`${this.#inboxPrefix}.${this.#sidLast + 1}`);
    this.publish(subject, body, {
      reply: inbox.subject,
      ...(headers === undefined ? {} : { headers }),
    });
    return inbox;
  }

  /** The first answer to a request. */
  async request(
    subject: string,
    body: string | Uint8Array = "",
    headers?: Headers,
  ): Promise<RawMessage> {
    const inbox = this.ask(subject, body, headers);
    const message = await inbox.next();
    this.unsubscribe(inbox);
    return message;
  }

  /**
   * The INFO line that came at `index` after the first, when it is there. A server may send it in a write of its own after
   * the PONG, so that a {@link RawClient.flush} alone does not mean that it has come.
   */
  async laterInfo(index = 0): Promise<Readonly<Record<string, unknown>>> {
    for (;;) {
      const info = this.laterInfos[index];
      if (info !== undefined) return info;
      if (this.#isClosed) throw new Error("the server closed the connection");
      await this.#somethingNew();
    }
  }

  /** Takes the next frame that belongs to no inbox; rejects when the connection has ended. */
  async next(): Promise<Frame> {
    const frame = await this.#nextOrEnd();
    if (frame === undefined) throw new Error("the server closed the connection");
    return frame;
  }

  /** Takes the next `count` frames. */
  async take(count: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /**
   * Sends PING and takes every frame up to its PONG. A server answers a connection in order, so what is not among them
   * was not sent in answer to anything before.
   */
  async flush(): Promise<Frame[]> {
    this.send("PING");
    const frames: Frame[] = [];
    for (;;) {
      const frame = await this.next();
      if (frame.kind === "pong") return frames;
      frames.push(frame);
    }
  }

  /** Takes all frames until the server has closed the connection. */
  async untilClosed(): Promise<Frame[]> {
    const frames: Frame[] = [];
    for (;;) {
      const frame = await this.#nextOrEnd();
      if (frame === undefined) return frames;
      frames.push(frame);
    }
  }

  /** Publishes to `subject` until nobody is left who gets it: those who go away are there for a moment yet. */
  async untilNobodyListens(subject: string): Promise<void> {
    await eventually(`nobody to listen on ${subject}`, async () => {
      // A request that still finds somebody meets silence, later ones meet no responders.
      const inbox = this.ask(subject, "x");
      await this.flush();
      this.unsubscribe(inbox);
      return inbox.arrived.length > 0 ? true : undefined;
    });
  }

  /** Stops reading from the socket, so that the server's bytes pile up. */
  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  get closed(): Promise<void> {
    return withDeadline(this.#closed, () => "the server to close the connection");
  }

  async close(): Promise<void> {
    this.#socket.destroy();
    await this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #nextOrEnd(): Promise<Frame | undefined> {
    while (this.#frames.length === 0 && !this.#isClosed) {
      await this.#somethingNew();
    }
    return this.#frames.shift();
  }

  #somethingNew(): Promise<void> {
    const event = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    return withDeadline(event, () => "the server to say something");
  }

  #sort(): void {
    for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
      this.#place(frame);
    }
    this.#wake?.();
  }

  #place(frame: Frame): void {
    if (frame.kind === "info") {
      this.laterInfos.push(frame.info);
    } else if (frame.kind === "ping" && this.answersPings) {
      this.send("PONG");
    } else if (frame.kind === "msg") {
      const inbox = this.#inboxes.get(frame.sid);
      if (inbox === undefined) this.#frames.push(frame);
      else inbox.deliver(frame);
    } else {
      this.#frames.push(frame);
    }
  }
}

const CRLF = Buffer.from("\r\n");

function line(text: string): Buffer {
  return Buffer.from(`${text}\r\n`);
}

/** The bytes of a header block for `headers`. */
export function headerBlock(headers: Headers): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`NATS/1.0\r\n${lines.join("")}\r\n`);
}

/** A frame as one line of text, for comparing whole conversations at once. */
export function describeFrame(frame: Frame): string {
  switch (frame.kind) {
    case "msg": {
      const reply = frame.reply === undefined ? "" : ` reply=${frame.reply}`;
      const header = frame.header === "" ? "" : ` ${JSON.stringify(frame.header)}`;
      return `MSG ${frame.subject} sid=${frame.sid}${reply}${header} ${frame.body.toString()}`;
    }
    case "error":
      return `-ERR ${frame.text}`;
    case "ok":
      return "+OK";
    case "info":
      return "INFO";
    case "ping":
      return "PING";
    case "pong":
      return "PONG";
  }
}

/** {@link describeFrame} of each. */
export function describeFrames(frames: readonly Frame[]): string[] {
  return frames.map(describeFrame);
}
