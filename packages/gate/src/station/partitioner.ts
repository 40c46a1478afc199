import { type GateMessage, type HeaderValue, partitionOf, type SubjectRoom } from "@oxbow/base";

/** Chooses the partition of a message that is published to the station as such. */
export const partitionHeader = "Oxbow-Partition";

const dot = 0x2e;
const zero = 0x30;
const partitionName = Buffer.from(partitionHeader);
const idName = Buffer.from("Nats-Msg-Id");
const targetName = Buffer.from("Nats-Schedule-Target");
const found: HeaderValue = { start: 0, end: 0 };
const foundId: HeaderValue = { start: 0, end: 0 };

/**
 * Leads what is published to `<station>` and `<station>.<key>` to a partition: the one that the header says, or that of
 * the key, or without a key that of the id, so that the same message finds itself again, or without both each in turn. What
 * is published to a partition stays there.
 */
export class Partitioner {
  readonly #token: Buffer;
  /** `<station>$<partition>` of each. */
  readonly #subjects: readonly Buffer[];
  #turn = 0;

  /** @param count - Partitions, 2 or more. */
  constructor(token: string, count: number) {
    this.#token = Buffer.from(token);
    this.#subjects = Array.from({ length: count }, (_, index) =>
      Buffer.from(`${token}$${index + 1}`),
    );
  }

  /**
   * Gives a message the subject of its partition.
   *
   * @returns What is wrong, in words, if it asks for a partition that there is not.
   */
  place(message: GateMessage, room: SubjectRoom): string | undefined {
    const { subjectBuffer, subjectStart, subjectEnd, headersSize } = message;
    const keyDot = subjectStart + this.#token.length;
    if (!isUnder(this.#token, subjectBuffer, subjectStart, subjectEnd)) return undefined;
    const count = this.#subjects.length;
    const asked = headersSize === 0 ? 0 : askedPartition(message);
    if (asked < 0 || asked > count) return this.#noPartition(message);
    const isScheduled = headersSize > 0 && this.#findTarget(message);
    let partition = asked;
    if (partition === 0 && isScheduled) partition = this.#partitionOfTarget(message);
    if (partition === 0 && keyDot < subjectEnd) {
      partition = partitionOf(subjectBuffer, keyDot + 1, subjectEnd, count);
    }
    if (partition === 0 && headersSize > 0) partition = this.#partitionOfId(message);
    if (partition === 0) partition = this.#next();
    const subject = this.#subjects[partition - 1] as Buffer;
    if (isScheduled) retarget(message, subject, this.#token.length);
    const size = subject.length + subjectEnd - keyDot;
    const target = room.reserve(size);
    let at = copyInto(target, 0, subject, 0, subject.length);
    at = copyInto(target, at, subjectBuffer, keyDot, subjectEnd);
    message.setSubject(target, 0, at);
    return undefined;
  }

  #next(): number {
    this.#turn = (this.#turn % this.#subjects.length) + 1;
    return this.#turn;
  }

  #noPartition({ payloadBuffer }: GateMessage): string {
    const value = payloadBuffer.toString(
      "utf8",
      found.start,
      Math.min(found.end, found.start + 32),
    );
    return `${partitionHeader} is ${JSON.stringify(value)}, and must be a number from 1 to ${this.#subjects.length}`;
  }

  /** Whether it is a message to be delivered later to the station; `found` is where then. */
  #findTarget(message: GateMessage): boolean {
    if (!message.findHeader(targetName, found)) return false;
    return isUnder(this.#token, message.payloadBuffer, found.start, found.end);
  }

  #partitionOfTarget({ payloadBuffer }: GateMessage): number {
    const keyStart = found.start + this.#token.length + 1;
    if (keyStart > found.end) return 0;
    return partitionOf(payloadBuffer, keyStart, found.end, this.#subjects.length);
  }

  #partitionOfId(message: GateMessage): number {
    if (!message.findHeader(idName, foundId)) return 0;
    return partitionOf(message.payloadBuffer, foundId.start, foundId.end, this.#subjects.length);
  }
}

/** What the header says: 0 if it is not there, -1 if it is no number. `found` is its value. */
function askedPartition(message: GateMessage): number {
  if (!message.findHeader(partitionName, found)) return 0;
  const { payloadBuffer } = message;
  let value = 0;
  for (let at = found.start; at < found.end; at++) {
    const digit = (payloadBuffer[at] as number) - zero;
    if (digit < 0 || digit > 9 || value > 1e6) return -1;
    value = value * 10 + digit;
  }
  return value === 0 ? -1 : value;
}

/** Has what is delivered later go to the same partition, which is the stream that keeps it until then. */
function retarget(message: GateMessage, subject: Buffer, tokenSize: number): void {
  const { payloadBuffer, payloadStart, payloadEnd, headersSize } = message;
  const body = Buffer.concat([
    payloadBuffer.subarray(payloadStart, found.start),
    subject,
    payloadBuffer.subarray(found.start + tokenSize, payloadEnd),
  ]);
  message.setPayload(body, 0, body.length, headersSize + subject.length - tokenSize);
}

/** Whether the subject in `[start, end)` is `token`, or begins with it and a dot. */
function isUnder(token: Buffer, buffer: Buffer, start: number, end: number): boolean {
  const tokenEnd = start + token.length;
  if (tokenEnd > end || (tokenEnd < end && buffer[tokenEnd] !== dot)) return false;
  for (let index = 0; index < token.length; index++) {
    if (buffer[start + index] !== token[index]) return false;
  }
  return true;
}

/** A loop, for a call out of JavaScript takes longer than the few bytes. Returns where the copy ends. */
function copyInto(target: Buffer, at: number, from: Buffer, start: number, end: number): number {
  let to = at;
  for (let index = start; index < end; index++) target[to++] = from[index] as number;
  return to;
}
