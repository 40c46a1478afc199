import type { GateMessage, HeaderValue, SubjectRoom } from "@oxbow/base";
import { findHeader } from "@oxbow/wire/nats";

/** A message as the engine shows it to a gate, with other bytes around each part of it. */
export class TestMessage implements GateMessage {
  subjectBuffer: Buffer;
  subjectStart = 3;
  subjectEnd: number;
  payloadBuffer: Buffer;
  payloadStart = 2;
  payloadEnd: number;
  headersSize: number;
  isFromProcess = false;
  readonly #publisher: string;

  /** @param headers - As lines, without their ends. */
  constructor(
    subject: string,
    payload: Uint8Array | string = "",
    headers: readonly string[] = [],
    publisher = "",
  ) {
    this.subjectBuffer = Buffer.from(`PUB${subject}.x`);
    this.subjectEnd = 3 + Buffer.byteLength(subject);
    const lines = headers.map((line) => `${line}\r\n`).join("");
    const block = Buffer.from(headers.length === 0 ? "" : `NATS/1.0\r\n${lines}\r\n`);
    const body = Buffer.from(payload as string);
    this.payloadBuffer = Buffer.concat([Buffer.from("{["), block, body, Buffer.from("]}\r\n")]);
    this.headersSize = block.length;
    this.payloadEnd = 2 + block.length + body.length;
    this.#publisher = publisher;
  }

  get subject(): string {
    return this.subjectBuffer.toString("utf8", this.subjectStart, this.subjectEnd);
  }

  /** Header block and payload. */
  get body(): string {
    return this.payloadBuffer.toString("utf8", this.payloadStart, this.payloadEnd);
  }

  publisherName(): string {
    return this.#publisher;
  }

  findHeader(name: Uint8Array, out: HeaderValue): boolean {
    const end = this.payloadStart + this.headersSize;
    return findHeader(this.payloadBuffer, this.payloadStart, end, name, out);
  }

  setSubject(buffer: Buffer, start: number, end: number): void {
    this.subjectBuffer = buffer;
    this.subjectStart = start;
    this.subjectEnd = end;
  }

  setPayload(buffer: Buffer, start: number, end: number, headersSize: number): void {
    this.payloadBuffer = buffer;
    this.payloadStart = start;
    this.payloadEnd = end;
    this.headersSize = headersSize;
  }
}

/** Room that is used again and again, as the engine's. */
export class TestRoom implements SubjectRoom {
  #buffer = Buffer.alloc(0);

  reserve(size: number): Buffer {
    if (this.#buffer.length < size) this.#buffer = Buffer.alloc(size, "?");
    return this.#buffer;
  }
}
