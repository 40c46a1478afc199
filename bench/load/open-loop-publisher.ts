import { ackSequence, parseDecimal } from "./ack-check.ts";
import { Connection, type ConnectionHandler } from "./connection.ts";
import { LatencyRecorder } from "./latency.ts";
import { Metronome } from "./metronome.ts";
import { Outstanding } from "./outstanding.ts";
import type { RoleOptions, RoleReport } from "./protocol.ts";
import { PublishRing, TOKEN_SIZE } from "./publish-ring.ts";
import { Payloads } from "./random.ts";
import type { Role, RoleContext } from "./role.ts";
import type { Frame } from "./scanner.ts";

type Options = RoleOptions["open-loop-publisher"];

/** More messages than this outstanding mean that the server does not keep up with the schedule. */
const OUTSTANDING_MAX = 64_000;

/**
 * Sends message n at `start + n / rate`, whatever the server does, and measures each latency from that intended
 * moment. A server that stalls is thus charged for all the messages it kept waiting, not just for one.
 */
class OpenLoop implements ConnectionHandler, Role {
  readonly #options: Options;
  readonly #context: RoleContext;
  readonly #ring: PublishRing;
  readonly #stream: Buffer;
  readonly #latency = new LatencyRecorder();
  readonly #lateness = new LatencyRecorder();
  readonly #write: (bytes: Uint8Array) => void;
  readonly #outstanding = new Outstanding();
  #connection: Connection | undefined;
  #startedAtMs = 0;
  #readAtMs = 0;
  /** Messages intended before this one are warm-up and are not recorded. */
  #firstRecorded = Number.POSITIVE_INFINITY;
  /** Messages from this one on are after the measured interval. */
  #recordedEnd = Number.POSITIVE_INFINITY;
  #metronome: Metronome | undefined;

  constructor(options: Options, context: RoleContext) {
    this.#options = options;
    this.#context = context;
    this.#stream = Buffer.from(options.stream.name);
    this.#ring = new PublishRing({
      slotCount: OUTSTANDING_MAX,
      payloads: new Payloads(options.payloadSize),
      subjects: options.stream.subjects,
      replyPrefix: "_INBOX.openloop.",
    });
    this.#write = (bytes) => this.#connection?.write(bytes);
  }

  async open(): Promise<void> {
    const inbox = "_INBOX.openloop.*";
    this.#connection = await Connection.openSubscribed(this.#options.port, inbox, this);
  }

  start(): void {
    this.#startedAtMs = performance.now();
    this.#metronome = new Metronome(() => this.#tick());
  }

  count(): number {
    return this.#outstanding.ackedCount;
  }

  /** The first mark opens the recorded interval, the second closes it. */
  onMark(): void {
    if (this.#firstRecorded === Number.POSITIVE_INFINITY) {
      this.#firstRecorded = this.#outstanding.sentCount;
      this.#lateness.reset();
    } else this.#recordedEnd = this.#outstanding.sentCount;
  }

  async finish(): Promise<RoleReport> {
    await this.#metronome?.stop();
    await this.#outstanding.none();
    this.#connection?.close();
    return {
      total: this.count(),
      latency: this.#latency.summary(),
      lateness: this.#lateness.summary(),
    };
  }

  #intendedAtMs(index: number): number {
    return this.#startedAtMs + (index * 1000) / this.#options.rate;
  }

  #tick(): void {
    const nowMs = performance.now();
    // Message 0 is due at once, so one more is due than intervals have passed.
    const due = Math.floor(((nowMs - this.#startedAtMs) * this.#options.rate) / 1000) + 1;
    if (due > this.#outstanding.sentCount) this.#sendUntil(due, nowMs);
  }

  #sendUntil(due: number, nowMs: number): void {
    const outstanding = this.#outstanding;
    if (due - outstanding.ackedCount > OUTSTANDING_MAX) {
      this.#context.fail(
        new Error(`server does not keep up with ${Math.round(this.#options.rate)} messages/s`),
      );
      return;
    }
    const from = outstanding.sentCount;
    outstanding.sentCount = due;
    this.#lateness.record(nowMs - this.#intendedAtMs(from));
    this.#ring.send(from, due, this.#write);
  }

  onMessage(buffer: Buffer, frame: Frame): void {
    const outstanding = this.#outstanding;
    // All acknowledgements of one read have arrived at the same time.
    if (this.#readAtMs === 0) this.#readAtMs = performance.now();
    const index = parseDecimal(buffer, frame.subjectEnd - TOKEN_SIZE, frame.subjectEnd);
    try {
      const sequence = ackSequence(buffer, frame.payloadStart, frame.payloadEnd, this.#stream);
      const { ackedCount } = outstanding;
      if (sequence !== ackedCount + 1 || index !== ackedCount) {
        throw new Error(`message ${index} got sequence ${sequence} after ${ackedCount}`);
      }
    } catch (error) {
      this.#context.fail(error as Error);
      return;
    }
    outstanding.ackedCount++;
    if (index >= this.#firstRecorded && index < this.#recordedEnd) {
      this.#latency.record(this.#readAtMs - this.#intendedAtMs(index));
    }
  }

  onReadEnd(): void {
    this.#readAtMs = 0;
    this.#outstanding.settle();
  }

  onFailure(error: Error): void {
    this.#context.fail(error);
  }
}

/** Publishes on a fixed schedule and measures latency from the intended times. */
export async function createRole(options: Options, context: RoleContext): Promise<Role> {
  const loop = new OpenLoop(options, context);
  await loop.open();
  return loop;
}
