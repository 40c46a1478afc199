import { HeaderScanner, parseDecimal } from "@oxbow/wire/nats";
import type { MessageView } from "../../routing/message.ts";

const noBytes: Buffer = Buffer.alloc(0);

const names = {
  messageId: "Nats-Msg-Id",
  expectedStream: "Nats-Expected-Stream",
  expectedLastSequence: "Nats-Expected-Last-Sequence",
  expectedLastSubjectSequence: "Nats-Expected-Last-Subject-Sequence",
  expectedLastSubjectSequenceSubject: "Nats-Expected-Last-Subject-Sequence-Subject",
  expectedLastMessageId: "Nats-Expected-Last-Msg-Id",
  rollup: "Nats-Rollup",
  ttl: "Nats-TTL",
  increment: "Nats-Incr",
  counterSources: "Nats-Counter-Sources",
  batchId: "Nats-Batch-Id",
  batchSequence: "Nats-Batch-Sequence",
  batchCommit: "Nats-Batch-Commit",
  schedule: "Nats-Schedule",
  scheduleTarget: "Nats-Schedule-Target",
  scheduleTtl: "Nats-Schedule-TTL",
  scheduleSource: "Nats-Schedule-Source",
  scheduleTimeZone: "Nats-Schedule-Time-Zone",
  scheduleRollup: "Nats-Schedule-Rollup",
  scheduleNext: "Nats-Schedule-Next",
  scheduler: "Nats-Scheduler",
  requiredApiLevel: "Nats-Required-Api-Level",
  streamSource: "Nats-Stream-Source",
  requestInfo: "Nats-Request-Info",
} as const;

/** A header by which a publisher asks something of a stream. */
export type PublishHeader = keyof typeof names;

/** The header's name in a message. */
export function headerName(header: PublishHeader): string {
  return names[header];
}

/** Position of each header in the arrays of {@link PublishHeaders}. */
const indexes = Object.fromEntries(
  Object.keys(names).map((header, index) => [header, index]),
) as Record<PublishHeader, number>;
const nameBytes = Object.values(names).map((name) => Buffer.from(name));
/** The headers by the length of their names: few have the same one. */
const indexesBySize: readonly (readonly number[])[] = Array.from(
  { length: Math.max(...nameBytes.map(({ length }) => length)) + 1 },
  (_, size) => nameBytes.flatMap((bytes, index) => (bytes.length === size ? [index] : [])),
);

/**
 * The headers by which a publisher asks something of a stream. One object is read into again for each message; it
 * borrows the message's buffer until then.
 */
export class PublishHeaders {
  readonly #scanner = new HeaderScanner();
  /** Where the values begin; -1 for a header the message does not have. */
  readonly #starts = new Int32Array(nameBytes.length);
  readonly #ends = new Int32Array(nameBytes.length);
  #buffer: Buffer = noBytes;
  /** How many of these headers the message has. */
  count = 0;

  /** Reads the header block of a message; false if it holds none of these headers. The first of a name counts. */
  read(message: MessageView): boolean {
    this.#starts.fill(-1);
    this.#buffer = message.payloadBuffer;
    const start = message.payloadStart;
    const scanner = this.#scanner;
    scanner.reset(message.payloadBuffer, start, start + message.headersSize);
    let count = 0;
    while (scanner.nextReserved()) {
      const index = this.#indexOfCurrent();
      if (index < 0 || (this.#starts[index] as number) >= 0) continue;
      this.#starts[index] = scanner.valueStart;
      this.#ends[index] = scanner.valueEnd;
      count++;
    }
    this.count = count;
    return count > 0;
  }

  /** Lets go of the message's buffer; nothing is to be asked any more. */
  release(): void {
    this.#buffer = noBytes;
    this.#scanner.reset(noBytes, 0, 0);
  }

  /** Whether the message has the header, be its value empty. */
  has(header: PublishHeader): boolean {
    return (this.#starts[indexes[header]] as number) >= 0;
  }

  /** Whether the message has the header with a value. */
  asks(header: PublishHeader): boolean {
    const index = indexes[header];
    const start = this.#starts[index] as number;
    return start >= 0 && start < (this.#ends[index] as number);
  }

  /** Bytes of the value, 0 if the message does not have the header. */
  sizeOf(header: PublishHeader): number {
    const index = indexes[header];
    const start = this.#starts[index] as number;
    return start < 0 ? 0 : (this.#ends[index] as number) - start;
  }

  /** Whether the value is `bytes`. */
  is(header: PublishHeader, bytes: Buffer): boolean {
    const index = indexes[header];
    const start = this.#starts[index] as number;
    const end = this.#ends[index] as number;
    if (start < 0 || end - start !== bytes.length) return false;
    return this.#buffer.compare(bytes, 0, bytes.length, start, end) === 0;
  }

  /** The value as text, `""` if it is empty or the message does not have the header. */
  text(header: PublishHeader): string {
    const index = indexes[header];
    const start = this.#starts[index] as number;
    return start < 0 ? "" : this.#buffer.toString("utf8", start, this.#ends[index]);
  }

  /** The value as an integer; -1 if it is none, `undefined` if it is empty or the message does not have the header. */
  integer(header: PublishHeader): number | undefined {
    if (!this.asks(header)) return undefined;
    const index = indexes[header];
    return parseDecimal(this.#buffer, this.#starts[index] as number, this.#ends[index] as number);
  }

  /** The header the scanner stands at; -1 if it is none of these. */
  #indexOfCurrent(): number {
    const scanner = this.#scanner;
    const candidates = indexesBySize[scanner.nameEnd - scanner.nameStart];
    if (candidates === undefined) return -1;
    for (const index of candidates) {
      if (scanner.nameIs(nameBytes[index] as Buffer)) return index;
    }
    return -1;
  }
}
