import { ackSequence, parseDecimal } from "./ack-check.ts";
import { Connection } from "./connection.ts";
import { LatencyRecorder } from "./latency.ts";
import { Metronome } from "./metronome.ts";
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
class OpenLoop {
  readonly #options: Options;
  readonly #context: RoleContext;
  readonly #ring: PublishRing;
  readonly #stream: Buffer;
  readonly #latency = new LatencyRecorder();
  readonly #lateness = new LatencyRecorder();
  readonly #write: (bytes: Uint8Array) => void;
  #connection: Connection | undefined;
  #startedAtMs = 0;
  #readAtMs = 0;
  /** Messages intended before this one are warm-up and are not recorded. */
  #firstRecorded = Number.POSITIVE_INFINITY;
  /** Messages from this one on are after the measured interval. */
  #recordedEnd = Number.POSITIVE_INFINITY;
  #sentCount = 0;
  #ackedCount = 0;
  #metronome: Metronome | undefined;
  #onDrained: (() => void) | undefined;

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
    this.#connection = await Connection.open(this.#options.port, {
      onMessage: (buffer, frame) => this.#acked(buffer, frame),
      onReadEnd: () => this.#readEnd(),
      onFailure: (error) => this.#context.fail(error),
    });
    this.#connection.write("SUB _INBOX.openloop.* 1\r\n");
    await this.#connection.flush();
  }

  get ackedCount(): number {
    return this.#ackedCount;
  }

  start(): void {
    this.#startedAtMs = performance.now();
    this.#metronome = new Metronome(() => this.#tick());
  }

  /** The first mark opens the recorded interval, the second closes it. */
  mark(): void {
    if (this.#firstRecorded === Number.POSITIVE_INFINITY) {
      this.#firstRecorded = this.#sentCount;
      this.#lateness.reset();
    } else this.#recordedEnd = this.#sentCount;
  }

  async finish(): Promise<RoleReport> {
    await this.#metronome?.stop();
    if (this.#ackedCount < this.#sentCount) {
      await new Promise<void>((resolve) => {
        this.#onDrained = resolve;
      });
    }
    this.#connection?.close();
    return {
      total: this.#ackedCount,
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
    if (due > this.#sentCount) this.#sendUntil(due, nowMs);
  }

  #sendUntil(due: number, nowMs: number): void {
    if (due - this.#ackedCount > OUTSTANDING_MAX) {
      this.#context.fail(
        new Error(`server does not keep up with ${Math.round(this.#options.rate)} messages/s`),
      );
      return;
    }
    const from = this.#sentCount;
    this.#sentCount = due;
    this.#lateness.record(nowMs - this.#intendedAtMs(from));
    this.#ring.send(from, due, this.#write);
  }

  #acked(buffer: Buffer, frame: Frame): void {
    // All acknowledgements of one read have arrived at the same time.
    if (this.#readAtMs === 0) this.#readAtMs = performance.now();
    const index = parseDecimal(buffer, frame.subjectEnd - TOKEN_SIZE, frame.subjectEnd);
    try {
      const sequence = ackSequence(buffer, frame.payloadStart, frame.payloadEnd, this.#stream);
      if (sequence !== this.#ackedCount + 1 || index !== this.#ackedCount) {
        throw new Error(`message ${index} got sequence ${sequence} after ${this.#ackedCount}`);
      }
    } catch (error) {
      this.#context.fail(error as Error);
      return;
    }
    this.#ackedCount++;
    if (index >= this.#firstRecorded && index < this.#recordedEnd) {
      this.#latency.record(this.#readAtMs - this.#intendedAtMs(index));
    }
  }

  #readEnd(): void {
    this.#readAtMs = 0;
    if (this.#ackedCount === this.#sentCount) this.#onDrained?.();
  }
}

/** Publishes on a fixed schedule and measures latency from the intended times. */
export async function createRole(options: Options, context: RoleContext): Promise<Role> {
  const loop = new OpenLoop(options, context);
  await loop.open();
  return {
    start: () => loop.start(),
    count: () => loop.ackedCount,
    onMark: () => loop.mark(),
    finish: () => loop.finish(),
  };
}
