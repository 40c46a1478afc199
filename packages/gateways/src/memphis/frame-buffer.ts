import { writeDecimal } from "@oxbow/base";
import { copyBytes, messageHeadSizeMax, writeMessageHead } from "@oxbow/wire/nats";

const sizeMin = 1024;
/** `HPUB `, three separators, two sizes of up to 9 digits, and two line endings. */
const publishOverheadMax = 5 + 3 + 18 + 4;
const crlf = Buffer.from("\r\n");

/** Frames that are gathered to be written at once. */
export class FrameBuffer {
  #buffer: Buffer = Buffer.alloc(0);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Everything so far, which the caller owns from now on. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#size);
    this.#buffer = Buffer.alloc(0);
    this.#size = 0;
    return taken;
  }

  raw(frame: Uint8Array): void {
    this.#reserve(frame.length);
    this.#buffer.set(frame, this.#size);
    this.#size += frame.length;
  }

  /** PUB, or HPUB if there are headers. */
  publish(subject: Buffer, reply: Buffer, headers: Buffer, payload: Buffer): void {
    const size = headers.length + payload.length;
    this.#reserve(subject.length + reply.length + size + publishOverheadMax);
    const buffer = this.#buffer;
    let at = this.#size;
    at += buffer.write(headers.length > 0 ? "HPUB " : "PUB ", at, "latin1");
    at = copyBytes(subject, 0, subject.length, buffer, at);
    buffer[at++] = blank;
    if (reply.length > 0) {
      at = copyBytes(reply, 0, reply.length, buffer, at);
      buffer[at++] = blank;
    }
    if (headers.length > 0) {
      at = writeDecimal(buffer, at, headers.length);
      buffer[at++] = blank;
    }
    at = writeDecimal(buffer, at, size);
    at = copyBytes(crlf, 0, 2, buffer, at);
    at = copyBytes(headers, 0, headers.length, buffer, at);
    at = copyBytes(payload, 0, payload.length, buffer, at);
    this.#size = copyBytes(crlf, 0, 2, buffer, at);
  }

  /** MSG, or HMSG if there are headers. */
  message(subject: Buffer, sid: Buffer, reply: Buffer, headers: Buffer, payload: Buffer): void {
    const size = headers.length + payload.length;
    this.#reserve(messageHeadSizeMax(subject.length, sid.length, reply.length) + size + 2);
    let at = writeMessageHead(
      this.#buffer,
      this.#size,
      subject,
      0,
      subject.length,
      sid,
      0,
      sid.length,
      reply,
      0,
      reply.length,
      headers.length,
      size,
      false,
    );
    at = copyBytes(headers, 0, headers.length, this.#buffer, at);
    at = copyBytes(payload, 0, payload.length, this.#buffer, at);
    this.#size = copyBytes(crlf, 0, 2, this.#buffer, at);
  }

  #reserve(bytes: number): void {
    const needed = this.#size + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(sizeMin, needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#size);
    this.#buffer = larger;
  }
}

const blank = 32;
