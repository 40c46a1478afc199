import type { MsgHdrs } from "@nats-io/nats-core";
import type { OxbowError } from "@oxbow/base";
import { ownIdHeader } from "../produce/produce-options.ts";
import { idOfLater } from "../stations/later-key.ts";
import { keyOf } from "../stations/route.ts";
import type { Decoded } from "../values/value-type.ts";

/** Where a message came from. */
export interface MessageSource {
  readonly station: string;
  /** From 1. */
  readonly partition: number;
  readonly stream: string;
  readonly isManaged: boolean;
}

/** What came, as the official client has it. */
export interface RawMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers?: MsgHdrs | undefined;
}

/** Says what a message resent to one group was published to before (ADR-0008). */
const subjectHeader = "Oxbow-Subject";

/** A message of a station. */
export class StationMessage<Value> {
  readonly #raw: RawMessage;
  readonly #source: MessageSource;
  readonly #decode: (data: Uint8Array) => Decoded;
  #decoded: Decoded | undefined;

  /** @param decode - Asked once, when the value is, unless the value was given before. */
  constructor(
    raw: RawMessage,
    source: MessageSource,
    decode: (data: Uint8Array) => Decoded,
    decoded?: Decoded,
  ) {
    this.#raw = raw;
    this.#source = source;
    this.#decode = decode;
    this.#decoded = decoded;
  }

  get station(): string {
    return this.#source.station;
  }

  /** From 1. */
  get partition(): number {
    return this.#source.partition;
  }

  /** The stream that the partition is. */
  get stream(): string {
    return this.#source.stream;
  }

  get subject(): string {
    return this.#raw.subject;
  }

  /** `undefined` for none. In the stream of a plain client it is the whole subject. */
  get key(): string | undefined {
    const { isManaged, stream } = this.#source;
    const subject = this.subject.startsWith("$OXBOW.RS.")
      ? (this.header(subjectHeader) ?? stream)
      : this.subject;
    return keyOf(isManaged, stream, subject);
  }

  /** The id that its producer gave it; the client gives each message one. */
  get messageId(): string | undefined {
    return this.header(ownIdHeader) ?? this.header("Nats-Msg-Id") ?? this.#idOfScheduled();
  }

  /** The bytes as they came. */
  get data(): Uint8Array {
    return this.#raw.data;
  }

  /**
   * The value, of the type that the station has.
   *
   * @throws OxbowError `MESSAGE_INVALID` if the bytes are none: see {@link problem}
   */
  get value(): Value {
    const { value, problem } = this.#read();
    if (problem !== undefined) throw problem;
    return value as Value;
  }

  /** What is wrong with the value, if anything. */
  get problem(): OxbowError | undefined {
    return this.#read().problem;
  }

  /** The first value of a header, as it is written. */
  header(name: string): string | undefined {
    const value = this.#raw.headers?.get(name);
    return value === "" ? undefined : value;
  }

  /** All headers with all of their values. */
  get headers(): Readonly<Record<string, readonly string[]>> {
    const { headers } = this.#raw;
    if (headers === undefined) return {};
    return Object.fromEntries(headers.keys().map((name) => [name, headers.values(name)]));
  }

  /** What was delivered later has no id any more, but says where it waited, and that is its id. */
  #idOfScheduled(): string | undefined {
    const scheduler = this.header("Nats-Scheduler");
    const { isManaged, stream } = this.#source;
    if (scheduler === undefined || !isManaged) return undefined;
    return idOfLater(scheduler.slice(stream.length + 1));
  }

  /** The value, for who had to wait for it. */
  set decoded(decoded: Decoded) {
    this.#decoded = decoded;
  }

  #read(): Decoded {
    this.#decoded ??= this.#decode(this.data);
    return this.#decoded;
  }
}

/** A message that is read without a group: there is nothing to acknowledge. */
export class ReplayedMessage<Value> extends StationMessage<Value> {
  readonly sequence: number;
  readonly time: Date;

  constructor(
    raw: RawMessage & { readonly seq: number; readonly time: Date },
    source: MessageSource,
    decode: (data: Uint8Array) => Decoded,
    decoded: Decoded | undefined,
  ) {
    super(raw, source, decode, decoded);
    this.sequence = raw.seq;
    this.time = raw.time;
  }
}
