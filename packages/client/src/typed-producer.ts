import type { Acknowledgement } from "./produce/acknowledgement.ts";
import {
  type ProduceManyOptions,
  type ProduceReport,
  produceMany,
} from "./produce/produce-many.ts";
import type { ProduceOptions } from "./produce/produce-options.ts";
import type { StationProducer } from "./produce/station-producer.ts";
import type { ValueType } from "./values/value-type.ts";

/** Produces into a station under a name. Made by `station.producer`. */
export class TypedProducer<Input> {
  /** What it is called. */
  readonly name: string;
  readonly #type: ValueType;
  readonly #producer: StationProducer;

  /** Made by `station.producer`. */
  constructor(type: ValueType, producer: StationProducer, name: string) {
    this.#type = type;
    this.#producer = producer;
    this.name = name;
  }

  /** As that of the station. */
  produce(value: Input, options?: ProduceOptions): Promise<Acknowledgement> {
    return this.#producer.produce(() => this.#type.encode(value), options);
  }

  /** As that of the station. */
  produceMany(
    values: Iterable<Input> | AsyncIterable<Input>,
    options: ProduceManyOptions<Input> = {},
  ): Promise<ProduceReport<Input>> {
    return produceMany(values, (value, each) => this.produce(value, each), options);
  }

  /** Has it shown no longer, until it produces again. Closing the client does it for all. */
  end(): void {
    this.#producer.end();
  }
}
