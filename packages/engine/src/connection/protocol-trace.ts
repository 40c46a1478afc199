import type { MessageView } from "../routing/message.ts";
import { quoteBytes } from "./quote-bytes.ts";
import { redactConnect } from "./redact-connect.ts";

/** How much of the protocol is traced. */
export interface ProtocolTraceOptions {
  /** Whether only headers of messages are told, and no payload. */
  readonly headersOnly: boolean;
  /** Bytes of a message that are told; 0 is all. */
  readonly payloadBytesMax: number;
}

/** Lines of the server that are traced, by how they begin. */
const traced: Readonly<Record<string, string>> = {
  PONG: "PONG",
  PING: "PING",
  "+OK\r": "OK",
};

/**
 * Tells what one connection says and hears, operation by operation, in the words nats-server uses: `<<- [SUB foo 1]`,
 * `->> [PONG]`. Passwords, tokens and signatures are left out. There is one only where tracing is on.
 */
export class ProtocolTrace {
  readonly #options: ProtocolTraceOptions;
  readonly #write: (text: string) => void;

  constructor(options: ProtocolTraceOptions, write: (text: string) => void) {
    this.#options = options;
    this.#write = write;
  }

  /** A publish; `headersSize` is 0 for PUB. */
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
    const words = [headersSize > 0 ? "HPUB" : "PUB"];
    words.push(buffer.toString("utf8", subjectStart, subjectEnd));
    if (replyEnd > replyStart) words.push(buffer.toString("utf8", replyStart, replyEnd));
    if (headersSize > 0) words.push(String(headersSize));
    words.push(String(payloadEnd - payloadStart));
    this.#write(`<<- [${words.join(" ")}]`);
    this.#payload("<<-", buffer, payloadStart, payloadEnd, headersSize);
  }

  /** A mapping changed the subject of the message that was told last. */
  onMapped(source: string, destination: string): void {
    this.#write(`<<- [MAPPING ${source} -> ${destination}]`);
  }

  onSubscribe(
    buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    queue: string,
    sidStart: number,
    sidEnd: number,
  ): void {
    const subject = buffer.toString("utf8", subjectStart, subjectEnd);
    const group = queue === "" ? "" : ` ${queue}`;
    this.#write(`<<- [SUB ${subject}${group} ${buffer.toString("utf8", sidStart, sidEnd)}]`);
  }

  onUnsubscribe(buffer: Buffer, sidStart: number, sidEnd: number, max: number): void {
    const sid = buffer.toString("utf8", sidStart, sidEnd);
    this.#write(max > 0 ? `<<- [UNSUB ${sid} ${max}]` : `<<- [UNSUB ${sid}]`);
  }

  onConnect(buffer: Buffer, start: number, end: number): void {
    this.#write(`<<- [CONNECT ${redactConnect(buffer.toString("utf8", start, end))}]`);
  }

  onPing(): void {
    this.#write("<<- [PING]");
  }

  onPong(): void {
    this.#write("<<- [PONG]");
  }

  /** A subscription is gone. */
  onSubscriptionEnded(sid: Buffer): void {
    this.#write(`<-> [DELSUB ${sid.toString("utf8")}]`);
  }

  /** Lines that are sent as they are. INFO is not told. */
  onLineSent(line: Uint8Array): void {
    const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
    const begin = text.toString("latin1", 0, 4);
    const word = Object.hasOwn(traced, begin) ? traced[begin] : undefined;
    if (word !== undefined) this.#write(`->> [${word}]`);
    else if (begin === "-ERR") {
      this.#write(`->> [-ERR ${text.toString("utf8", 6, text.length - 3)}]`);
    } else if (begin === "HMSG") {
      this.#write(`->> [${text.toString("utf8", 0, text.indexOf("\r\n"))}]`);
    }
  }

  /** A message on its way out. With `headersSize` 0 its headers are left out. */
  onMessageSent(sid: Buffer, message: MessageView, headersSize: number): void {
    const { replyStart, replyEnd, payloadBuffer, payloadEnd } = message;
    const start = message.payloadStart + message.headersSize - headersSize;
    const words = [headersSize > 0 ? "HMSG" : "MSG", message.subjectText(), sid.toString("utf8")];
    if (replyEnd > replyStart) {
      words.push(message.replyBuffer.toString("utf8", replyStart, replyEnd));
    }
    if (headersSize > 0) words.push(String(headersSize));
    words.push(String(payloadEnd - start));
    this.#write(`->> [${words.join(" ")}]`);
    this.#payload("->>", payloadBuffer, start, payloadEnd, headersSize);
  }

  /** Nothing is told of what is empty. */
  #payload(arrow: string, buffer: Buffer, start: number, end: number, headersSize: number): void {
    const { headersOnly, payloadBytesMax } = this.#options;
    // The empty line that ends headers is not told.
    const last = headersOnly ? start + headersSize - 4 : end;
    if (last <= start) return;
    const isCut = payloadBytesMax > 0 && last - start > payloadBytesMax;
    const quoted = quoteBytes(buffer.subarray(start, isCut ? start + payloadBytesMax : last));
    this.#write(`${arrow} MSG_PAYLOAD: [${isCut ? `${quoted.slice(0, -1)}..."` : quoted}]`);
  }
}
