import type { Acknowledgement } from "./produce/acknowledgement.ts";
import {
  type ProduceManyOptions,
  type ProduceReport,
  produceMany,
} from "./produce/produce-many.ts";
import type { ProduceOptions } from "./produce/produce-options.ts";
import type { StationProducer } from "./produce/station-producer.ts";
import type { ValueType } from "./values/value-type.ts";

/**
 * A station with the type of its values: what is produced is of type `Input`, what is consumed is of type `Output`. They
 * differ where a schema transforms.
 */
export class TypedStation<Input, Output> {
  readonly name: string;
  readonly #type: ValueType;
  readonly #producer: StationProducer;
  /** Only for the compiler. */
  declare readonly output: Output;

  /** Made by `ox.station`. */
  constructor(name: string, type: ValueType, producer: StationProducer) {
    this.name = name;
    this.#type = type;
    this.#producer = producer;
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
    return this.#producer.produce(() => this.#type.encode(value), options);
  }

  /** Produces many values, taking the next one only as earlier ones are acknowledged; says exactly which were not. */
  produceMany(
    values: Iterable<Input> | AsyncIterable<Input>,
    options: ProduceManyOptions<Input> = {},
  ): Promise<ProduceReport<Input>> {
    return produceMany(values, (value, each) => this.produce(value, each), options);
  }

  /**
   * Takes back a message that was produced to be delivered later, by the id it has.
   *
   * @returns Whether it was there: it may have been delivered.
   */
  cancelScheduled(messageId: string): Promise<boolean> {
    return this.#producer.cancelScheduled(messageId);
  }
}
