import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect as connectOfficial } from "@nats-io/transport-node";
import { connect } from "oxbow";
import type { RoleOptions, RoleReport } from "./protocol.ts";
import { PAYLOAD_COUNT, Payloads } from "./random.ts";
import type { Role, RoleContext } from "./role.ts";

type Options = RoleOptions["station-client"];

/** Messages that a consumer asks for ahead, and may leave without an acknowledgement, with either client. */
const prefetch = 1_000;

interface Consumed {
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** A client that produces and consumes, whichever it is. */
interface Client {
  /** Resolves to the sequence, once the message is acknowledged. */
  produce(payload: Uint8Array): Promise<number>;
  /** Makes a group; then the messages that it gets, each acknowledged when the next one is asked for. */
  consume(): Promise<AsyncIterable<Consumed>>;
  close(): Promise<unknown>;
}

async function officialClient({ port, station, key }: Options): Promise<Client> {
  const nc = await connectOfficial({ servers: `127.0.0.1:${port}`, reconnect: false });
  const js = jetstream(nc);
  const subject = `${station}.${key}`;
  return {
    produce: async (payload) => (await js.publish(subject, payload)).seq,
    async consume() {
      const manager = await jetstreamManager(nc);
      await manager.consumers.add(station, {
        durable_name: "official",
        ack_policy: "explicit",
        max_ack_pending: prefetch,
      });
      const consumer = await js.consumers.get(station, "official");
      return (async function* () {
        for await (const message of await consumer.consume({ max_messages: prefetch })) {
          yield { sequence: message.seq, data: message.data };
          message.ack();
        }
      })();
    },
    close: () => nc.close(),
  };
}

async function typedClient({ port, station: name, key }: Options): Promise<Client> {
  const ox = await connect({ servers: `127.0.0.1:${port}` });
  const station = ox.station(name, { codec: "bytes" });
  return {
    produce: async (payload) => (await station.produce(payload, { key })).sequence,
    async consume() {
      const create = { maxInFlight: prefetch };
      const consumption = station.consume({ group: "typed", prefetch, create });
      await consumption.start();
      return (async function* () {
        for await (const message of consumption) {
          yield { sequence: message.sequence, data: message.value };
          message.ack();
        }
      })();
    },
    close: () => ox.close(),
  };
}

/** Produces to, or consumes, a station with the typed client or with the bare official one. */
export async function createRole(options: Options, context: RoleContext): Promise<Role> {
  const { operation, payloadSize, window, messageCount } = options;
  const isTyped = operation.startsWith("sdk.");
  const client = await (isTyped ? typedClient(options) : officialClient(options));
  const payloads = new Payloads(payloadSize);
  let count = 0;
  let isRunning = true;

  const prepared = Array.from({ length: PAYLOAD_COUNT }, (_, index) => {
    const payload = Buffer.allocUnsafe(payloadSize);
    payloads.copyTo(index, payload, 0);
    return payload;
  });
  const sequences = new Set<number>();
  let next = 0;
  const producer = async (): Promise<void> => {
    while (isRunning) {
      sequences.add(await client.produce(prepared[next++ % PAYLOAD_COUNT] as Buffer));
      count++;
    }
  };
  const messages = operation.endsWith("consume") ? await client.consume() : [];
  const consumer = async (): Promise<void> => {
    for await (const { sequence, data } of messages) {
      const content = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      if (sequence !== count + 1) context.fail(new Error(`${sequence} came after ${count}`));
      if (data.length !== payloadSize || !payloads.matches(sequence - 1, content, 0)) {
        context.fail(new Error(`message ${sequence} is changed`));
      }
      count++;
      if (sequence === messageCount) context.exhausted();
      if (!isRunning) return;
    }
  };
  let running: Promise<unknown> = Promise.resolve();
  return {
    start() {
      const isProducing = operation.endsWith("produce");
      running = isProducing ? Promise.all(Array.from({ length: window }, producer)) : consumer();
      running.catch((error: Error) => context.fail(error));
    },
    count: () => count,
    async finish(): Promise<RoleReport> {
      const total = count;
      isRunning = false;
      // A consumer that has had everything waits for more: closing ends that.
      if (operation.endsWith("produce")) await running;
      await client.close();
      if (operation.endsWith("produce") && sequences.size !== count) {
        throw new Error(`${sequences.size} sequences for ${count} messages`);
      }
      return { total };
    },
  };
}
