import { ackSequence, parseDecimal } from "./ack-check.ts";
import { BatchRing } from "./batch-ring.ts";
import { Connection, type ConnectionHandler } from "./connection.ts";
import type { RoleOptions, RoleReport } from "./protocol.ts";
import { TOKEN_SIZE } from "./publish-ring.ts";
import { Payloads } from "./random.ts";
import type { Role, RoleContext } from "./role.ts";
import type { Frame } from "./scanner.ts";

type Options = RoleOptions["batch-publisher"];

/** Publishes atomic batches with at most `window` acknowledgements outstanding, and checks each of them. */
class BatchPublisher implements ConnectionHandler {
  readonly #options: Options;
  readonly #context: RoleContext;
  readonly #ring: BatchRing;
  readonly #streamName: Buffer;
  #connection: Connection | undefined;
  #sentCount = 0;
  #ackedCount = 0;
  #isSending = false;
  #onDrained: (() => void) | undefined;

  constructor(options: Options, context: RoleContext) {
    this.#options = options;
    this.#context = context;
    this.#streamName = Buffer.from(options.stream.name);
    this.#ring = new BatchRing({
      slotCount: options.window,
      batchSize: options.batchSize,
      payloads: new Payloads(options.payloadSize),
      subjects: options.stream.subjects,
      replyPrefix: "_INBOX.batch.",
    });
  }

  /** Messages of batches that were acknowledged. */
  get ackedCount(): number {
    return this.#ackedCount * this.#options.batchSize;
  }

  async open(): Promise<void> {
    this.#connection = await Connection.open(this.#options.port, this);
    this.#connection.write("SUB _INBOX.batch.* 1\r\n");
    await this.#connection.flush();
  }

  start(): void {
    this.#isSending = true;
    this.#fill();
  }

  async drain(): Promise<void> {
    this.#isSending = false;
    if (this.#ackedCount < this.#sentCount) {
      await new Promise<void>((resolve) => {
        this.#onDrained = resolve;
      });
    }
    this.#connection?.close();
  }

  onMessage(buffer: Buffer, frame: Frame): void {
    try {
      this.#check(buffer, frame);
    } catch (error) {
      this.#context.fail(error as Error);
      return;
    }
    this.#ackedCount++;
  }

  onReadEnd(): void {
    this.#fill();
    if (this.#ackedCount === this.#sentCount) this.#onDrained?.();
  }

  onFailure(error: Error): void {
    this.#context.fail(error);
  }

  /** Batches are acknowledged in their order, each with the sequence of its last message. */
  #check(buffer: Buffer, frame: Frame): void {
    const number = parseDecimal(buffer, frame.subjectEnd - TOKEN_SIZE, frame.subjectEnd);
    const sequence = ackSequence(buffer, frame.payloadStart, frame.payloadEnd, this.#streamName);
    const expected = (this.#ackedCount + 1) * this.#options.batchSize;
    if (number !== this.#ackedCount || sequence !== expected) {
      throw new Error(`acknowledgement of batch ${number} with ${sequence}, not ${expected}`);
    }
  }

  #fill(): void {
    while (this.#isSending && this.#sentCount < this.#ackedCount + this.#options.window) {
      this.#connection?.write(this.#ring.batch(this.#sentCount));
      this.#sentCount++;
    }
  }
}

/** Publishes atomic batches as fast as acknowledgements come back, and verifies each of them. */
export async function createRole(options: Options, context: RoleContext): Promise<Role> {
  const publisher = new BatchPublisher(options, context);
  await publisher.open();
  return {
    start: () => publisher.start(),
    count: () => publisher.ackedCount,
    finish: async (): Promise<RoleReport> => {
      await publisher.drain();
      return { total: publisher.ackedCount };
    },
  };
}
