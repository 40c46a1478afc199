import { Connection, type ConnectionHandler } from "./connection.ts";
import type { RoleOptions, RoleReport } from "./protocol.ts";
import { PublishRing } from "./publish-ring.ts";
import { Payloads } from "./random.ts";
import type { Role, RoleContext } from "./role.ts";
import type { Frame } from "./scanner.ts";

type Options = RoleOptions["fast-publisher"];

/** How far ahead a publisher is prepared, whatever its server allows. */
const SLOT_COUNT = 4_000;

/** What a server tells of a fast batch. */
interface Told {
  type?: string;
  seq?: number;
  msgs?: number;
  stream?: string;
  batch?: string;
  count?: number;
}

/** Publishes one fast batch, which goes on until the end, with at most `window` acknowledgements outstanding. */
class FastPublisher implements ConnectionHandler, Role {
  readonly #options: Options;
  readonly #context: RoleContext;
  readonly #ring: PublishRing;
  readonly #prefix: string;
  readonly #write: (bytes: Uint8Array) => void;
  #connection: Connection | undefined;
  /** Messages sent; sequence n of the batch is message n of the ring, so that number 0 is never sent. */
  #sentCount = 1;
  #ackedSequence = 0;
  /** Messages between two acknowledgements; 0 until the server has said it. */
  #flow = 0;
  #isSending = false;
  #end: ((told: Told) => void) | undefined;

  constructor(options: Options, context: RoleContext) {
    this.#options = options;
    this.#context = context;
    this.#prefix = `_INBOX.fast.id.${options.flow}.fail.`;
    this.#ring = new PublishRing({
      slotCount: SLOT_COUNT,
      payloads: new Payloads(options.payloadSize),
      subjects: options.stream.subjects,
      replyPrefix: this.#prefix,
      replySuffix: ".1.$FI",
    });
    this.#write = (bytes) => this.#connection?.write(bytes);
  }

  async open(): Promise<void> {
    const inbox = "_INBOX.fast.id.>";
    this.#connection = await Connection.openSubscribed(this.#options.port, inbox, this);
  }

  start(): void {
    this.#isSending = true;
    this.#publish(1, 0, "x".repeat(this.#options.payloadSize));
    this.#sentCount = 2;
  }

  count(): number {
    return this.#ackedSequence;
  }

  /** Ends the batch; resolves once all of it has been acknowledged. */
  async finish(): Promise<RoleReport> {
    this.#isSending = false;
    const told = await new Promise<Told>((resolve) => {
      this.#end = resolve;
      this.#publish(this.#sentCount, 3, "");
    });
    const { name } = this.#options.stream;
    const total = this.#sentCount - 1;
    if (told.stream !== name || told.batch !== "id" || told.count !== total || told.seq !== total) {
      throw new Error(`${JSON.stringify(told)} instead of ${total} messages`);
    }
    this.#ackedSequence = total;
    this.#connection?.close();
    return { total };
  }

  onMessage(buffer: Buffer, frame: Frame): void {
    const text = buffer.toString("latin1", frame.payloadStart, frame.payloadEnd);
    const told: Told = JSON.parse(text);
    const { type, seq = 0, msgs = 0 } = told;
    if (type === undefined && this.#end !== undefined) {
      this.#end(told);
    } else if (type !== "ack" || seq < this.#ackedSequence || seq >= this.#sentCount || msgs < 1) {
      this.#context.fail(new Error(`after ${this.#ackedSequence}: ${text}`));
    } else {
      this.#ackedSequence = seq;
      this.#flow = msgs;
    }
  }

  onReadEnd(): void {
    if (!this.#isSending || this.#flow === 0) return;
    const ahead = Math.min(this.#flow * this.#options.window, SLOT_COUNT);
    const to = this.#ackedSequence + ahead + 1;
    if (to <= this.#sentCount) return;
    const from = this.#sentCount;
    this.#sentCount = to;
    this.#ring.send(from, to, this.#write);
  }

  onFailure(error: Error): void {
    this.#context.fail(error);
  }

  #publish(sequence: number, operation: number, payload: string): void {
    const reply = `${this.#prefix}${sequence}.${operation}.$FI`;
    const subject = this.#options.stream.subjects[0];
    this.#connection?.write(`PUB ${subject} ${reply} ${payload.length}\r\n${payload}\r\n`);
  }
}

/** Publishes one fast batch as fast as its acknowledgements let it, and verifies the end. */
export async function createRole(options: Options, context: RoleContext): Promise<Role> {
  const publisher = new FastPublisher(options, context);
  await publisher.open();
  return publisher;
}
