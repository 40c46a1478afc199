import { Connection, type ConnectionHandler } from "./connection.ts";
import type { RoleOptions, RoleReport } from "./protocol.ts";
import { Payloads } from "./random.ts";
import type { Role, RoleContext } from "./role.ts";
import type { Frame } from "./scanner.ts";

type Options = RoleOptions["pull-consumer"];

const DOT = 0x2e;
const ZERO = 0x30;
const ONE = 0x31;
const SPACE = 0x20;
const VERSION_SIZE = "NATS/1.0".length;
const PUB: Buffer = Buffer.from("PUB ");
const EMPTY_BODY: Buffer = Buffer.from(" 0\r\n\r\n");

/** How long a pull request stays open; longer than any case. */
const EXPIRES_NS = 60_000_000_000;

/** Room for the acknowledgements of one read, which is at most 256 KiB of messages with longer frames. */
const ACK_BUFFER_SIZE = 256 * 1024;

/** Whether it is no message but a status: `NATS/1.0 404 …`. */
function isStatus(buffer: Buffer, { headerStart, payloadStart }: Frame): boolean {
  return headerStart !== payloadStart && buffer[headerStart + VERSION_SIZE] === SPACE;
}

/** Returns where the token before the one that ends at `end` ends: the position of the dot between them. */
function previousDot(buffer: Buffer, end: number): number {
  let i = end - 1;
  while (buffer[i] !== DOT) i--;
  return i;
}

/**
 * Consumes a filled stream the way the official clients' `consume` does: it keeps `batch` messages requested and asks
 * for more when half have come. Every message is acknowledged, those of one read in one write.
 */
class Puller implements ConnectionHandler {
  readonly #options: Options;
  readonly #consumer: string;
  readonly #inbox: string;
  readonly #exhausted: () => void;
  readonly #context: RoleContext;
  readonly #payloads: Payloads;
  readonly #spareBuffers: Buffer[] = [];
  #connection: Connection | undefined;
  #ackBuffer: Buffer = Buffer.allocUnsafeSlow(ACK_BUFFER_SIZE);
  #ackSize = 0;
  #receivedCount = 0;
  /** Messages requested and not yet received. */
  #requestedCount = 0;
  #isPulling = false;

  constructor(
    options: Options,
    index: number,
    payloads: Payloads,
    context: RoleContext,
    exhausted: () => void,
  ) {
    this.#options = options;
    this.#consumer = options.consumers[index] as string;
    this.#inbox = `_INBOX.puller${index}`;
    this.#payloads = payloads;
    this.#context = context;
    this.#exhausted = exhausted;
  }

  async open(): Promise<void> {
    this.#connection = await Connection.openSubscribed(this.#options.port, this.#inbox, this);
  }

  start(): void {
    this.#isPulling = true;
    this.#pull(this.#options.batch);
  }

  get receivedCount(): number {
    return this.#receivedCount;
  }

  /** Stops asking for more; what has been requested is not waited for, but what has come is acknowledged. */
  async finish(): Promise<void> {
    this.#isPulling = false;
    this.#connection?.write("UNSUB 1\r\n");
    await this.#connection?.flush();
    this.#connection?.close();
  }

  onMessage(buffer: Buffer, frame: Frame): void {
    if (isStatus(buffer, frame)) {
      this.#onStatus(buffer.toString("latin1", frame.headerStart, frame.payloadStart));
      return;
    }
    const problem = this.#problemOf(buffer, frame);
    if (problem) {
      this.#context.fail(new Error(problem));
      return;
    }
    this.#receivedCount++;
    this.#requestedCount--;
    this.#appendAck(buffer, frame.replyStart, frame.replyEnd);
  }

  onReadEnd(): void {
    if (this.#ackSize > 0) this.#sendAcks();
    const { batch, messageCount } = this.#options;
    if (this.#receivedCount === messageCount) {
      if (this.#isPulling) this.#exhausted();
      this.#isPulling = false;
    }
    if (this.#isPulling && this.#requestedCount <= batch / 2) {
      this.#pull(batch - this.#requestedCount);
    }
  }

  onFailure(error: Error): void {
    this.#context.fail(error);
  }

  /**
   * Says what is wrong with a message, from its payload and the end of its reply subject:
   * `$JS.ACK.<stream>.<consumer>.<delivered>.<stream sequence>.<consumer sequence>.<timestamp>.<pending>`.
   */
  #problemOf(buffer: Buffer, frame: Frame): string | undefined {
    const beforePending = previousDot(buffer, frame.replyEnd);
    const beforeTimestamp = previousDot(buffer, beforePending);
    const sequenceEnd = previousDot(buffer, beforeTimestamp);
    let sequence = 0;
    let scale = 1;
    let i = sequenceEnd - 1;
    for (; buffer[i] !== DOT; i--) {
      sequence += ((buffer[i] as number) - ZERO) * scale;
      scale *= 10;
    }
    if (sequence !== this.#receivedCount + 1) {
      return `sequence ${sequence} came after ${this.#receivedCount}`;
    }
    if (buffer[i - 1] !== ONE || buffer[i - 2] !== DOT) return `sequence ${sequence} came twice`;
    if (
      frame.payloadEnd - frame.payloadStart !== this.#payloads.size ||
      !this.#payloads.matches(sequence - 1, buffer, frame.payloadStart)
    ) {
      return `message ${sequence} is changed`;
    }
    return undefined;
  }

  #onStatus(header: string): void {
    // After the last message the open requests may end with a status; before it none is expected.
    if (this.#isPulling) this.#context.fail(new Error(`pull request answered ${header.trim()}`));
  }

  #pull(count: number): void {
    this.#requestedCount += count;
    const body = `{"batch":${count},"expires":${EXPIRES_NS}}`;
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.#options.stream}.${this.#consumer}`;
    this.#connection?.write(`PUB ${subject} ${this.#inbox} ${body.length}\r\n${body}\r\n`);
  }

  #appendAck(source: Buffer, replyStart: number, replyEnd: number): void {
    if (this.#ackSize + replyEnd - replyStart + 16 > ACK_BUFFER_SIZE) this.#sendAcks();
    const target = this.#ackBuffer;
    let position = this.#ackSize;
    for (let i = 0; i < PUB.length; i++) target[position++] = PUB[i] as number;
    // A loop beats a call to copy for so few bytes.
    for (let i = replyStart; i < replyEnd; i++) target[position++] = source[i] as number;
    for (let i = 0; i < EMPTY_BODY.length; i++) target[position++] = EMPTY_BODY[i] as number;
    this.#ackSize = position;
  }

  /** Sends the collected acknowledgements; their buffer comes back when the socket has taken it. */
  #sendAcks(): void {
    const buffer = this.#ackBuffer;
    this.#connection?.write(buffer.subarray(0, this.#ackSize), () =>
      this.#spareBuffers.push(buffer),
    );
    this.#ackBuffer = this.#spareBuffers.pop() ?? Buffer.allocUnsafeSlow(ACK_BUFFER_SIZE);
    this.#ackSize = 0;
  }
}

/** Pulls and acknowledges a stream, verifying that each consumer gets each message exactly once and in order. */
export async function createRole(options: Options, context: RoleContext): Promise<Role> {
  const payloads = new Payloads(options.payloadSize, options.payloadKind);
  let busyCount = options.consumers.length;
  const exhausted = (): void => {
    if (--busyCount === 0) context.exhausted();
  };
  const pullers = options.consumers.map(
    (_, index) => new Puller(options, index, payloads, context, exhausted),
  );
  for (const puller of pullers) await puller.open();
  const totals = (): number[] => pullers.map(({ receivedCount }) => receivedCount);
  const count = (): number => totals().reduce((sum, each) => sum + each, 0);
  return {
    start: () => {
      for (const puller of pullers) puller.start();
    },
    count,
    finish: async (): Promise<RoleReport> => {
      await Promise.all(pullers.map((puller) => puller.finish()));
      return { total: count(), totals: totals() };
    },
  };
}
