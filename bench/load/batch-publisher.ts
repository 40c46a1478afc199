import { ackSequence, parseDecimal } from "./ack-check.ts";
import { BatchRing } from "./batch-ring.ts";
import { Connection, type ConnectionHandler } from "./connection.ts";
import { Outstanding } from "./outstanding.ts";
import type { RoleOptions, RoleReport } from "./protocol.ts";
import { TOKEN_SIZE } from "./publish-ring.ts";
import { Payloads } from "./random.ts";
import type { Role, RoleContext } from "./role.ts";
import type { Frame } from "./scanner.ts";

type Options = RoleOptions["batch-publisher"];

/** Publishes atomic batches with at most `window` acknowledgements outstanding, and checks each of them. */
class BatchPublisher implements ConnectionHandler, Role {
  readonly #options: Options;
  readonly #context: RoleContext;
  readonly #ring: BatchRing;
  readonly #streamName: Buffer;
  /** In batches. */
  readonly #outstanding = new Outstanding();
  #connection: Connection | undefined;
  #isSending = false;

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

  async open(): Promise<void> {
    this.#connection = await Connection.openSubscribed(this.#options.port, "_INBOX.batch.*", this);
  }

  start(): void {
    this.#isSending = true;
    this.#fill();
  }

  /** Messages of batches that were acknowledged. */
  count(): number {
    return this.#outstanding.ackedCount * this.#options.batchSize;
  }

  async finish(): Promise<RoleReport> {
    this.#isSending = false;
    await this.#outstanding.none();
    this.#connection?.close();
    return { total: this.count() };
  }

  onMessage(buffer: Buffer, frame: Frame): void {
    try {
      this.#check(buffer, frame);
    } catch (error) {
      this.#context.fail(error as Error);
      return;
    }
    this.#outstanding.ackedCount++;
  }

  onReadEnd(): void {
    this.#fill();
    this.#outstanding.settle();
  }

  onFailure(error: Error): void {
    this.#context.fail(error);
  }

  /** Batches are acknowledged in their order, each with the sequence of its last message. */
  #check(buffer: Buffer, frame: Frame): void {
    const number = parseDecimal(buffer, frame.subjectEnd - TOKEN_SIZE, frame.subjectEnd);
    const sequence = ackSequence(buffer, frame.payloadStart, frame.payloadEnd, this.#streamName);
    const { ackedCount } = this.#outstanding;
    const expected = (ackedCount + 1) * this.#options.batchSize;
    if (number !== ackedCount || sequence !== expected) {
      throw new Error(`acknowledgement of batch ${number} with ${sequence}, not ${expected}`);
    }
  }

  #fill(): void {
    const outstanding = this.#outstanding;
    while (
      this.#isSending &&
      outstanding.sentCount < outstanding.ackedCount + this.#options.window
    ) {
      this.#connection?.write(this.#ring.batch(outstanding.sentCount));
      outstanding.sentCount++;
    }
  }
}

/** Publishes atomic batches as fast as acknowledgements come back, and verifies each of them. */
export async function createRole(options: Options, context: RoleContext): Promise<Role> {
  const publisher = new BatchPublisher(options, context);
  await publisher.open();
  return publisher;
}
