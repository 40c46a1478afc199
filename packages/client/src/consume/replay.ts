import {
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
  jetstream,
  type OrderedConsumerOptions,
} from "@nats-io/jetstream";
import { permissionDenied } from "../connection/forbidden.ts";
import { clientError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import { isLaterSubject } from "../stations/later-key.ts";
import { isResentSubject } from "../stations/resent-subject.ts";
import type { Route } from "../stations/route.ts";
import type { ValueType } from "../values/value-type.ts";
import type { ConsumerServices } from "./consumption.ts";
import { Mailbox } from "./mailbox.ts";
import { ReplayedMessage } from "./station-message.ts";

/** What of a station is read without a group. */
export interface ReplayOptions {
  /**
   * The first message: the oldest there is (the default), the first to come, one of a sequence, one stored at a time or later, or
   * the last of each key. A sequence is that of each partition.
   */
  readonly from?:
    | "beginning"
    | "now"
    | "lastPerKey"
    | { readonly sequence: number }
    | { readonly time: Date | string };
  /** Only messages whose key matches one of these, with `*` and `>`; all by default, also those without a key. */
  readonly keys?: readonly string[];
  /** Ends behind the last message that is there when it starts, instead of waiting for more. Default `false`. */
  readonly stopAtEnd?: boolean;
  /** Messages that are fetched ahead, of each partition. Default 256. */
  readonly prefetch?: number;
  readonly signal?: AbortSignal;
}

/** The messages of a station as they are stored, in order within each partition, without a group: nothing is acknowledged. */
export class Replay<Value>
  implements AsyncIterableIterator<ReplayedMessage<Value>>, AsyncDisposable
{
  readonly #services: ConsumerServices;
  readonly #type: ValueType;
  readonly #station: string;
  readonly #options: ReplayOptions;
  readonly #mailbox = new Mailbox<{
    readonly message: JsMsg;
    readonly taken: () => void;
    readonly index: number;
  }>();
  readonly #sources: ConsumerMessages[] = [];
  #route: Route | undefined;
  #started: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  /** Made by `replay`. */
  constructor(
    services: ConsumerServices,
    type: ValueType,
    station: string,
    options: ReplayOptions,
  ) {
    this.#services = services;
    this.#type = type;
    this.#station = station;
    this.#options = options;
    options.signal?.addEventListener("abort", () => void this.stop(), { once: true });
    if (options.signal?.aborted === true) void this.stop();
  }

  /** Resolves once it is asked for messages, so that none that comes from then on is missed; iterating does it, too. */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  async next(): Promise<IteratorResult<ReplayedMessage<Value>, undefined>> {
    await this.start();
    const next = await this.#mailbox.take();
    if (next === undefined || this.#route === undefined) return { done: true, value: undefined };
    next.taken();
    const { message, index } = next;
    const { station, isManaged, streams } = this.#route;
    const source = { station, partition: index + 1, stream: streams[index] ?? "", isManaged };
    const decoded = await this.#type.decode(message.data);
    const value = new ReplayedMessage<Value>(message, source, () => decoded, decoded);
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<ReplayedMessage<Value>, undefined>> {
    await this.stop();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      this.#services.consumptions.delete(this);
      for (const { taken } of this.#mailbox.empty()) taken();
      this.#mailbox.close();
      await Promise.all(this.#sources.map((source) => source.close()));
    })();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #start(): Promise<void> {
    this.#services.link.assertOpen();
    const route = await this.#services.routes.find(this.#station);
    this.#route = route;
    this.#services.consumptions.add(this);
    const sources = await inParallel(route.streams, (stream) => this.#open(route, stream));
    let left = sources.length;
    const ended = (error?: unknown): void => {
      left--;
      if (error !== undefined) this.#mailbox.close(error as Error);
      else if (left === 0) this.#mailbox.close();
    };
    for (const [index, source] of sources.entries()) {
      if (source === undefined) ended();
      else this.#drive(source, index).then(() => ended(), ended);
    }
  }

  /** `undefined` if there is nothing to come. */
  async #open(route: Route, stream: string): Promise<ConsumerMessages | undefined> {
    const js = jetstream(this.#services.link.nc);
    const options = orderedOptions(route, stream, this.#options);
    const consumer = await js.consumers.get(stream, options).catch((error: Error) => {
      throw permissionDenied(error);
    });
    if (this.#stopping !== undefined) return undefined;
    if (this.#options.stopAtEnd === true && (await consumer.info(true)).num_pending === 0) {
      return undefined;
    }
    const source = await consumer.consume({ max_messages: this.#options.prefetch ?? 256 });
    this.#sources.push(source);
    return source;
  }

  async #drive(source: ConsumerMessages, index: number): Promise<void> {
    const stream = this.#route?.streams[index] ?? "";
    for await (const message of source) {
      const isLast = this.#options.stopAtEnd === true && message.info.pending === 0;
      const { subject } = message;
      const isLater = this.#route?.isManaged === true && isLaterSubject(stream, subject);
      const isResent = isResentSubject(subject);
      if (!isLater && !isResent && this.#stopping === undefined) {
        await new Promise<void>((taken) => this.#mailbox.put({ message, taken, index }));
      }
      if (isLast || this.#stopping !== undefined) break;
    }
  }
}

function orderedOptions(
  { isManaged }: Route,
  stream: string,
  { from = "beginning", keys = [] }: ReplayOptions,
): Partial<OrderedConsumerOptions> {
  const filters = keys.map((key) => (isManaged ? `${stream}.${key}` : key));
  const filter = filters.length > 0 ? { filter_subjects: filters } : {};
  if (from === "beginning") return { ...filter, deliver_policy: DeliverPolicy.All };
  if (from === "now") return { ...filter, deliver_policy: DeliverPolicy.New };
  if (from === "lastPerKey") {
    const every = isManaged ? [stream, `${stream}.>`] : [">"];
    return {
      filter_subjects: filters.length > 0 ? filters : every,
      deliver_policy: DeliverPolicy.LastPerSubject,
    };
  }
  if ("sequence" in from) {
    return {
      ...filter,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from.sequence,
    };
  }
  const time = new Date(from.time);
  if (Number.isNaN(time.getTime())) {
    throw clientError("OPTIONS_INVALID", `replay: ${String(from.time)} is no time`);
  }
  return {
    ...filter,
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: time.toISOString(),
  };
}
