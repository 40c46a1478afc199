import {
  type ConsumerConfig,
  storedConsumerConfig,
} from "../../../src/jetstream/config/consumer-config.ts";
import { checkConsumerCreate } from "../../../src/jetstream/config/consumer-requests.ts";
import { unlimited } from "../../../src/jetstream/config/limits.ts";
import type { ServerIdentity } from "../../../src/jetstream/config/metadata.ts";
import {
  type StreamConfig,
  storedStreamConfig,
} from "../../../src/jetstream/config/stream-config.ts";
import {
  checkStreamCreate,
  checkStreamUpdate,
} from "../../../src/jetstream/config/stream-requests.ts";
import { encodeText } from "../../../src/json/encode.ts";
import type { JsonValue } from "../../../src/json/shape.ts";
import type { Case } from "./cases.ts";

interface Stream {
  readonly config: StreamConfig;
  readonly consumers: Map<string, ConsumerConfig>;
}

const usage = { streamCount: 0, memoryReserved: 0, storageReserved: 0 };

/** Puts cases to the checks under test, and remembers what was made, as a server would. */
export class Checker {
  readonly #server: ServerIdentity;
  readonly #streams = new Map<string, Stream>();

  constructor(server: ServerIdentity) {
    this.#server = server;
  }

  /** The `error` or `config` that the answer would have, as JSON. */
  answer(request: Case): string {
    return encodeText(
      request.api.startsWith("STREAM") ? this.#stream(request) : this.#consumer(request),
    );
  }

  #stream({ api, target, body }: Case): JsonValue {
    const stream = this.#streams.get(target);
    const consumers = stream?.consumers ?? new Map<string, ConsumerConfig>();
    const input = {
      request: Buffer.from(body),
      subjectName: target,
      limits: unlimited,
      usage,
      current: stream?.config,
      consumers: [...consumers].map(([name, config]) => ({ name, config })),
    };
    const checked = api === "STREAM.CREATE" ? checkStreamCreate(input) : checkStreamUpdate(input);
    if (!checked.ok) return { error: { ...checked.error } };
    this.#streams.set(target, { config: checked.value, consumers });
    return { config: storedStreamConfig.answer(checked.value, this.#server) };
  }

  #consumer({ api, target, body }: Case): JsonValue {
    const [streamName = "", consumer = "", ...filter] = target.split(".");
    const stream = this.#streams.get(streamName);
    const isDurable = api === "CONSUMER.DURABLE.CREATE";
    const checked = checkConsumerCreate({
      request: Buffer.from(body),
      subject: {
        api: isDurable ? "durable" : consumer === "" ? "ephemeral" : "create",
        stream: streamName,
        consumer,
        filter: filter.join("."),
      },
      limits: unlimited,
      stream: stream?.config,
      consumerCount: stream?.consumers.size ?? 0,
      find: (name) => stream?.consumers.get(name),
      randomSuffix: () => "RANDOMLY",
      hasInterest: () => false,
      consumers: [...(stream?.consumers ?? [])].map(
        ([name, config]) => [name, { config }] as const,
      ),
    });
    if (!checked.ok) return { error: { ...checked.error } };
    const { config } = checked.value;
    const name = config.name === "" ? `ephemeral-${stream?.consumers.size}` : config.name;
    stream?.consumers.set(name, config);
    return { config: storedConsumerConfig.answer(config, this.#server) };
  }
}
