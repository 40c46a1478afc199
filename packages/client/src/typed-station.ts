import type { ConsumeOptions, HandleOptions } from "./consume/consume-options.ts";
import { type ConsumerServices, Consumption } from "./consume/consumption.ts";
import { type FetchOptions, fetchMessages } from "./consume/fetch.ts";
import { type Handler, HandlerRun } from "./consume/handler-run.ts";
import type { Message } from "./consume/message.ts";
import { Replay, type ReplayOptions } from "./consume/replay.ts";
import type { ControlClient } from "./control/control-client.ts";
import type { StationDeadLetters } from "./control/types/dead-letter.ts";
import { TypedDeadLetters } from "./dead-letters/typed-dead-letters.ts";
import { checkedShownName } from "./presence/shown-name.ts";
import type { Acknowledgement } from "./produce/acknowledgement.ts";
import {
  type ProduceManyOptions,
  type ProduceReport,
  produceMany,
} from "./produce/produce-many.ts";
import type { ProduceOptions } from "./produce/produce-options.ts";
import type { StationProducer } from "./produce/station-producer.ts";
import { TypedProducer } from "./typed-producer.ts";
import type { ValueType } from "./values/value-type.ts";

/** Who produces into a station. */
export interface StationProducers {
  /** By the name of the client. */
  readonly unnamed: StationProducer;
  /** By a name of its own. */
  named(as: string): StationProducer;
}

/**
 * A station with the type of its values: what is produced is of type `Input`, what is consumed is of type `Output`. They
 * differ where a schema transforms.
 */
export class TypedStation<Input, Output> {
  readonly name: string;
  readonly #type: ValueType;
  readonly #producers: StationProducers;
  readonly #consumers: ConsumerServices;
  readonly #control: () => ControlClient;
  /** Made by `ox.station`. */
  constructor(
    name: string,
    type: ValueType,
    producers: StationProducers,
    consumers: ConsumerServices,
    control: () => ControlClient,
  ) {
    this.name = name;
    this.#type = type;
    this.#producers = producers;
    this.#consumers = consumers;
    this.#control = control;
  }

  /**
   * A producer with a name of its own, by which it is shown to those who look at the station: what is produced by the station
   * itself is shown by the name of the client.
   *
   * @throws OxbowError `OPTIONS_INVALID`
   */
  producer({ name }: { readonly name: string }): TypedProducer<Input> {
    return new TypedProducer(this.#type, this.#producers.named(checkedShownName(name)), name);
  }

  /**
   * Puts a message into the station. The acknowledgement means that it is kept, on disk unless the server was told otherwise.
   * Without a connection it waits, in a bounded buffer, and is sent with the next one; what may have been sent already is
   * sent again with the same id, so that it is stored once.
   *
   * @throws OxbowError `MESSAGE_INVALID`, `MESSAGE_REFUSED`, `MESSAGE_TOO_LARGE`, `MESSAGE_CONFLICT`, `STATION_NOT_FOUND`,
   * `STATION_FULL`, `BUFFER_FULL`, `REQUEST_TIMEOUT`, `PERMISSION_DENIED`, `CONNECTION_CLOSED`
   */
  produce(value: Input, options?: ProduceOptions): Promise<Acknowledgement> {
    return this.#producers.unnamed.produce(() => this.#type.encode(value), options);
  }

  /** Produces many values, taking the next one only as earlier ones are acknowledged; says exactly which were not. */
  produceMany(
    values: Iterable<Input> | AsyncIterable<Input>,
    options: ProduceManyOptions<Input> = {},
  ): Promise<ProduceReport<Input>> {
    return produceMany(values, (value, each) => this.produce(value, each), options);
  }

  /**
   * Takes back a message that was produced to be delivered later, by the id it has. This client can produce another one of the
   * id then; for others, and where content is what makes messages the same, it is a duplicate for the rest of the station's
   * window.
   *
   * @returns Whether it was there: it may have been delivered.
   */
  cancelScheduled(messageId: string): Promise<boolean> {
    return this.#producers.unnamed.cancelScheduled(messageId);
  }

  /**
   * Consumes as a member of a group, which is made if there is none: an async iterator over messages of all partitions. Iterating
   * fails with `GROUP_INVALID`, `GROUP_NOT_FOUND`, `STATION_NOT_FOUND` or `CONNECTION_CLOSED` when there can be none.
   *
   * @throws OxbowError `OPTIONS_INVALID`
   */
  consume(options: ConsumeOptions): Consumption<Output>;
  /**
   * Calls a function with each message, acknowledges it when the function returns, and has it delivered again when it throws.
   *
   * @throws OxbowError `OPTIONS_INVALID`
   */
  consume(options: HandleOptions<Message<Output>>, handler: Handler<Output>): HandlerRun<Output>;
  consume(
    options: HandleOptions<Message<Output>>,
    handler?: Handler<Output>,
  ): Consumption<Output> | HandlerRun<Output> {
    const consumption = new Consumption<Output>(this.#consumers, this.#type, [this.name], options);
    return handler === undefined
      ? consumption
      : new HandlerRun(consumption, handler, options, this.#consumers.handlers);
  }

  /**
   * Fetches up to so many messages as a member of a group, once.
   *
   * @throws OxbowError `OPTIONS_INVALID`, `GROUP_INVALID`, `GROUP_NOT_FOUND`, `STATION_NOT_FOUND`, `CONNECTION_CLOSED`
   */
  fetch(count: number, options: FetchOptions): Promise<Message<Output>[]> {
    const messages = fetchMessages(this.#consumers, this.#type, this.name, count, options);
    return messages as Promise<Message<Output>[]>;
  }

  /**
   * Its dead letters, with their values: those that all hold for what the filter says. An async iterator, and what can be done
   * with them: resend, drop, count. It asks the platform.
   */
  deadLetters(filter: StationDeadLetters = {}): TypedDeadLetters<Input, Output> {
    return new TypedDeadLetters(this.#control(), this.#type, this.name, filter);
  }

  /** Reads messages as they are stored, without a group: an async iterator. Iterating fails as that of `consume` does. */
  replay(options: ReplayOptions = {}): Replay<Output> {
    return new Replay(this.#consumers, this.#type, this.name, options);
  }
}
