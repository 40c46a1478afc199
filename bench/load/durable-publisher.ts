import { ackSequence, parseDecimal } from "./ack-check.ts";
import { Connection, type ConnectionHandler } from "./connection.ts";
import { Outstanding } from "./outstanding.ts";
import type { RoleOptions, RoleReport } from "./protocol.ts";
import { PublishRing, TOKEN_SIZE } from "./publish-ring.ts";
import { Payloads } from "./random.ts";
import type { Role, RoleContext } from "./role.ts";
import type { Frame } from "./scanner.ts";

type Options = RoleOptions["durable-publisher"];

/** Slots per outstanding message: room to go on while one slow stream holds back the oldest slot. */
const SLOTS_PER_WINDOW = 2;

/** Publishes on one connection with at most `window` acknowledgements outstanding, and checks each of them. */
class Lane implements ConnectionHandler {
  readonly #options: Options;
  readonly #context: RoleContext;
  readonly #lane: number;
  readonly #ring: PublishRing;
  readonly #streamNames: readonly Buffer[];
  /** 1 for a slot whose message waits for its acknowledgement. */
  readonly #isOutstanding: Uint8Array;
  /** Last sequence seen per stream. */
  readonly #sequences: Float64Array;
  /** Whether this lane is the only writer, so that sequences must follow one another without gaps. */
  readonly #isOnlyWriter: boolean;
  readonly #limit: number;
  readonly #write: (bytes: Uint8Array) => void;
  readonly #outstanding = new Outstanding();
  #connection: Connection | undefined;
  /** All messages below this number have been acknowledged. */
  #ackedFloor = 0;
  #isSending = false;

  constructor(options: Options, payloads: Payloads, lane: number, context: RoleContext) {
    this.#options = options;
    this.#context = context;
    this.#lane = lane;
    this.#limit = options.limit || Number.POSITIVE_INFINITY;
    this.#streamNames = options.streams.map((stream) => Buffer.from(stream.name));
    this.#isOnlyWriter = options.connectionCount === 1;
    const subjects = subjectsInTurn(options.streams);
    // A lap of the ring must be whole laps of the subjects, and the ring holds a whole lap at least.
    const laps = Math.ceil((options.window * SLOTS_PER_WINDOW) / subjects.length);
    this.#ring = new PublishRing({
      slotCount: laps * subjects.length,
      payloads,
      subjects,
      replyPrefix: `_INBOX.lane${lane}.`,
    });
    this.#isOutstanding = new Uint8Array(this.#ring.slotCount);
    this.#sequences = new Float64Array(options.streams.length);
    this.#write = (bytes) => this.#connection?.write(bytes);
  }

  get ackedCount(): number {
    return this.#outstanding.ackedCount;
  }

  async open(): Promise<void> {
    const inbox = `_INBOX.lane${this.#lane}.*`;
    this.#connection = await Connection.openSubscribed(this.#options.port, inbox, this);
  }

  start(): void {
    this.#isSending = true;
    this.#fill();
  }

  /** Stops sending; resolves once everything sent has been acknowledged. */
  async drain(): Promise<void> {
    this.#isSending = false;
    await this.#outstanding.none();
    this.#connection?.close();
  }

  onMessage(buffer: Buffer, frame: Frame): void {
    const index = parseDecimal(buffer, frame.subjectEnd - TOKEN_SIZE, frame.subjectEnd);
    const slot = index % this.#ring.slotCount;
    if (
      index >= this.#outstanding.sentCount ||
      index < this.#ackedFloor ||
      this.#isOutstanding[slot] !== 1
    ) {
      this.#context.fail(new Error(`acknowledgement for message ${index}, which awaits none`));
      return;
    }
    this.#isOutstanding[slot] = 0;
    try {
      this.#check(buffer, frame, index);
    } catch (error) {
      this.#context.fail(error as Error);
      return;
    }
    this.#outstanding.ackedCount++;
  }

  onReadEnd(): void {
    const outstanding = this.#outstanding;
    while (
      this.#ackedFloor < outstanding.sentCount &&
      this.#isOutstanding[this.#ackedFloor % this.#ring.slotCount] === 0
    ) {
      this.#ackedFloor++;
    }
    this.#fill();
    if (outstanding.ackedCount === this.#limit) this.#context.exhausted();
    outstanding.settle();
  }

  onFailure(error: Error): void {
    this.#context.fail(error);
  }

  #check(buffer: Buffer, frame: Frame, index: number): void {
    const stream = index % this.#streamNames.length;
    const name = this.#streamNames[stream] as Buffer;
    const sequence = ackSequence(buffer, frame.payloadStart, frame.payloadEnd, name);
    const last = this.#sequences[stream] as number;
    if (this.#isOnlyWriter ? sequence !== last + 1 : sequence <= last) {
      throw new Error(`acknowledged sequence ${sequence} of ${name} follows ${last}`);
    }
    this.#sequences[stream] = sequence;
  }

  #fill(): void {
    if (!this.#isSending) return;
    const outstanding = this.#outstanding;
    const to = Math.min(
      outstanding.ackedCount + this.#options.window,
      this.#ackedFloor + this.#ring.slotCount,
      this.#limit,
    );
    const from = outstanding.sentCount;
    if (to <= from) return;
    for (let index = from; index < to; index++) {
      this.#isOutstanding[index % this.#ring.slotCount] = 1;
    }
    outstanding.sentCount = to;
    this.#ring.send(from, to, this.#write);
  }
}

/** Interleaves the subjects so that message n goes to stream `n % streams.length`, on each of its subjects in turn. */
export function subjectsInTurn(streams: Options["streams"]): string[] {
  const perStream = Math.max(...streams.map((stream) => stream.subjects.length));
  const subjects: string[] = [];
  for (let i = 0; i < perStream; i++) {
    for (const stream of streams)
      subjects.push(stream.subjects[i % stream.subjects.length] as string);
  }
  return subjects;
}

/** Publishes to streams as fast as acknowledgements come back, and verifies each of them. */
export async function createRole(options: Options, context: RoleContext): Promise<Role> {
  const payloads = new Payloads(options.payloadSize, options.payloadKind);
  const lanes: Lane[] = [];
  for (let i = 0; i < options.connectionCount; i++) {
    const lane = new Lane(options, payloads, i, context);
    await lane.open();
    lanes.push(lane);
  }
  const count = (): number => lanes.reduce((sum, lane) => sum + lane.ackedCount, 0);
  return {
    start: () => {
      for (const lane of lanes) lane.start();
    },
    count,
    finish: async (): Promise<RoleReport> => {
      await Promise.all(lanes.map((lane) => lane.drain()));
      return { total: count() };
    },
  };
}
