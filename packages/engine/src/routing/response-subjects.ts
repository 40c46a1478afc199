import type { Random } from "@oxbow/base";

const digits = Buffer.from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
const base = digits.length;
const tokenSize = 6;
const numberEnd = base ** tokenSize;
const underscore = 0x5f;
const marker = Buffer.from("_R_.");
const dot = 0x2e;
/** `_R_.`, a token for the account, and a dot. */
const prefixSize = marker.length + tokenSize + 1;
const subjectSize = prefixSize + tokenSize;
const trackedMark = ".T";
const bytesPerNumber = 6;
/** Numbers that are drawn at a time. */
const drawCount = 256;

const valueOfDigit: Int8Array = new Int8Array(256).fill(-1);
for (let value = 0; value < base; value++) valueOfDigit[digits[value] as number] = value;

/** Whether the subject in `[start, end)` is one that services answer to. */
export function isServiceReply(buffer: Uint8Array, start: number, end: number): boolean {
  return (
    end - start > marker.length - 1 &&
    buffer[start] === underscore &&
    buffer[start + 1] === marker[1] &&
    buffer[start + 2] === underscore &&
    buffer[start + 3] === dot
  );
}

/**
 * The subjects to which the services of one account answer: `_R_.<account>.<number>`, both in six digits of base 62, as
 * nats-server makes them. The number cannot be guessed.
 */
export class ResponseSubjects {
  /** What all of them match. */
  readonly pattern: string;
  readonly #random: Random;
  readonly #prefix: Buffer;
  readonly #trackedSuffix: Buffer;
  readonly #drawn: Buffer = Buffer.alloc(drawCount * bytesPerNumber);
  #drawnAt: number = this.#drawn.length;

  /** @param serverHash - Stands in the subjects of requests that are measured. */
  constructor(random: Random, serverHash: string) {
    this.#random = random;
    this.#prefix = Buffer.alloc(prefixSize);
    marker.copy(this.#prefix);
    writeToken(this.#prefix, marker.length, this.drawNumber());
    this.#prefix[prefixSize - 1] = dot;
    this.#trackedSuffix = Buffer.from(`.${serverHash}${trackedMark}`);
    this.pattern = `${this.#prefix.toString("latin1")}>`;
  }

  drawNumber(): number {
    if (this.#drawnAt === this.#drawn.length) {
      this.#random.fill(this.#drawn);
      this.#drawnAt = 0;
    }
    const number = this.#drawn.readUIntLE(this.#drawnAt, bytesPerNumber) % numberEnd;
    this.#drawnAt += bytesPerNumber;
    return number;
  }

  /** @param isTracked - Whether the time until the answer is measured. */
  encode(number: number, isTracked: boolean): Buffer {
    const suffix = isTracked ? this.#trackedSuffix : undefined;
    const subject = Buffer.allocUnsafe(subjectSize + (suffix?.length ?? 0));
    this.#prefix.copy(subject);
    writeToken(subject, prefixSize, number);
    suffix?.copy(subject, subjectSize);
    return subject;
  }
}

/** The number in a subject that {@link ResponseSubjects} may have made; -1 if there is none. */
export function responseNumber(buffer: Uint8Array, start: number, end: number): number {
  if (end - start < subjectSize) return -1;
  let number = 0;
  for (let index = start + subjectSize - 1; index >= start + prefixSize; index--) {
    const value = valueOfDigit[buffer[index] as number] as number;
    if (value < 0) return -1;
    number = number * base + value;
  }
  return number;
}

/** The lowest digit comes first. */
function writeToken(target: Buffer, offset: number, number: number): void {
  let rest = number;
  for (let index = offset; index < offset + tokenSize; index++) {
    target[index] = digits[rest % base] as number;
    rest = Math.floor(rest / base);
  }
}
