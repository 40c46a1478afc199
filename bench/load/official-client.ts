import { DeliverPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { Objm } from "@nats-io/obj";
import { connect } from "@nats-io/transport-node";
import type { RoleOptions, RoleReport } from "./protocol.ts";
import { Payloads } from "./random.ts";
import type { Role, RoleContext } from "./role.ts";

type Options = RoleOptions["official-client"];

const MIB = 1024 * 1024;
/** Keys of the bucket, so that a get never asks for the one that was asked for before. */
const KEY_COUNT = 1000;

/** What an operation does until it is told to stop. It adds to `count` what it has completed and verified. */
class Progress {
  count = 0;
  isRunning = true;
}

/** Consumes a filled stream with a consumer that acknowledges nothing, and verifies order and content. */
async function consumes(client: NatsConnection, options: Options, context: RoleContext) {
  const { stream, payloadSize, messageCount, operation } = options;
  const payloads = new Payloads(payloadSize);
  const js = jetstream(client);
  const progress = new Progress();
  const callback = (message: { seq: number; data: Uint8Array }): void => {
    const { seq, data } = message;
    const content = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    if (seq !== progress.count + 1) context.fail(new Error(`${seq} came after ${progress.count}`));
    if (data.length !== payloadSize || !payloads.matches(seq - 1, content, 0))
      context.fail(new Error(`message ${seq} is changed`));
    progress.count++;
    if (seq === messageCount) context.exhausted();
  };
  const start = async (): Promise<void> => {
    if (operation === "consume.ordered") {
      const consumer = await js.consumers.get(stream);
      await consumer.consume({ max_messages: 1000, callback });
    } else {
      const manager = await jetstreamManager(client);
      await manager.consumers.add(stream, {
        durable_name: "pushed",
        deliver_subject: "bench-pushed",
        deliver_policy: DeliverPolicy.All,
        ack_policy: "none",
        flow_control: true,
        idle_heartbeat: 5_000_000_000,
      });
      const consumer = await js.consumers.getPushConsumer(stream, "pushed");
      await consumer.consume({ callback });
    }
  };
  return { progress, start };
}

/** Runs `window` workers that put or get keys of a bucket. */
async function keepsKeys(client: NatsConnection, options: Options, context: RoleContext) {
  const { operation, payloadSize, window } = options;
  const bucket = await new Kvm(client).create("BENCH");
  const progress = new Progress();
  const value = new Uint8Array(payloadSize).fill(0x61);
  if (operation === "kv.get") {
    for (let i = 0; i < KEY_COUNT; i++) await bucket.put(`key.${i}`, value);
  }
  let next = 0;
  const worker = async (): Promise<void> => {
    while (progress.isRunning) {
      const key = `key.${next++ % KEY_COUNT}`;
      if (operation === "kv.put") await bucket.put(key, value);
      else {
        const entry = await bucket.get(key);
        if (entry?.value.length !== payloadSize) context.fail(new Error(`${key} is changed`));
      }
      progress.count++;
    }
  };
  return { progress, start: () => Promise.all(Array.from({ length: window }, worker)) };
}

/** Puts or gets one object after the other. What it counts are MiB, so that the last object's part counts too. */
async function keepsObjects(client: NatsConnection, options: Options, context: RoleContext) {
  const { operation, payloadSize } = options;
  const bucket = await new Objm(client).create("BENCH");
  const progress = new Progress();
  const part = new Uint8Array(MIB).fill(0x61);
  const put = async (name: string): Promise<void> => {
    let left = payloadSize / MIB;
    const content = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- === 0) return controller.close();
        controller.enqueue(part);
        if (operation === "object.put") progress.count++;
      },
    });
    const { size } = await bucket.put({ name }, content);
    if (size !== payloadSize) context.fail(new Error(`${size} bytes stored`));
  };
  const get = async (): Promise<void> => {
    const object = await bucket.get("object");
    if (object === null) throw new Error("the object is gone");
    let size = 0;
    for await (const chunk of object.data) {
      size += chunk.length;
      if (size % MIB === 0) progress.count++;
    }
    const error = await object.error;
    if (error instanceof Error) throw error;
    if (size !== payloadSize) context.fail(new Error(`${size} bytes read`));
  };
  if (operation === "object.get") await put("object");
  const start = async (): Promise<void> => {
    while (progress.isRunning) await (operation === "object.put" ? put("object") : get());
  };
  return { progress, start };
}

/** Does what an application does, with the official client, whose costs are part of what is measured. */
export async function createRole(options: Options, context: RoleContext): Promise<Role> {
  const client = await connect({ servers: `127.0.0.1:${options.port}`, reconnect: false });
  const family = options.operation.split(".")[0];
  const prepare = family === "consume" ? consumes : family === "kv" ? keepsKeys : keepsObjects;
  const { progress, start } = await prepare(client, options, context);
  let running: Promise<unknown> = Promise.resolve();
  return {
    start() {
      running = start();
      running.catch((error: Error) => context.fail(error));
    },
    count: () => progress.count,
    async finish(): Promise<RoleReport> {
      const total = progress.count;
      progress.isRunning = false;
      await running;
      await client.close();
      return { total };
    },
  };
}
