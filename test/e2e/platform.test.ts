import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { jetstream, jetstreamManager, type PubAck } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { Stations } from "@oxbow/platform";
import { type RunningServer, startServer } from "@oxbow/server";
import { resolveConfig } from "@oxbow/server/config";
import { ControlClient } from "oxbow/control";
import { eventually } from "../interop/support/deadline.ts";
import { refuses } from "../interop/support/refuses.ts";

/** Goal: the platform that starts with the server. */
let directory = "";

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "oxbow-platform-"));
});
after(() => rm(directory, { recursive: true }));

/** A server and a client of it. */
class Bench implements AsyncDisposable {
  readonly server: RunningServer;
  readonly connection: NatsConnection;
  readonly control: ControlClient;

  private constructor(server: RunningServer, connection: NatsConnection) {
    this.server = server;
    this.connection = connection;
    this.control = new ControlClient(connection);
  }

  static async start(flags: Readonly<Record<string, string | boolean>>): Promise<Bench> {
    const config = await resolveConfig({
      flags: { port: "0", log: "silent", ...flags },
      environment: {},
      file: undefined,
    });
    const server = await startServer(config);
    const { token } = config;
    const connection = await connect({
      servers: server.url,
      ...(token !== undefined && { token }),
    });
    return new Bench(server, connection);
  }

  publish(subject: string, payload: string): Promise<PubAck> {
    return jetstream(this.connection).publish(subject, payload);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.close();
    await this.server.stop();
  }
}

const orders = { station: "orders" } as const;
const schemaText = '{"type":"object","required":["id"]}';

async function enforce({ control }: Bench, station = "orders"): Promise<void> {
  await control.call("schema.create", { schema: "order" }, { format: "json", text: schemaText });
  await control.call("attachment.set", { station }, { schema: "order" });
}

test("answers from the first request on, also where clients need credentials", async () => {
  await using bench = await Bench.start({ memory: true, token: "secret" });
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => bench.control.call("platform.info", {}, {})),
  );
  assert.deepEqual(
    answers.map(({ api }) => api),
    Array.from({ length: 20 }, () => 1),
  );
  const manager = await jetstreamManager(bench.connection);
  assert.deepEqual(await Array.fromAsync(manager.streams.names()), []);
});

test("is found by the micro protocol from the first request on", async () => {
  await using bench = await Bench.start({ memory: true });
  const { data } = await bench.connection.request("$SRV.PING.oxbow", "", { timeout: 20_000 });
  assert.equal(JSON.parse(new TextDecoder().decode(data)).name, "oxbow");
});

test("enforces what a station demands by the time that is answered", async () => {
  await using bench = await Bench.start({ memory: true });
  const { control } = bench;
  await control.call("station.create", orders, { partitions: 3 });
  const ack = await bench.publish("orders.customer-1", "anything");
  assert.match(ack.stream, /^orders\$[123]$/);
  await enforce(bench);
  await assert.rejects(bench.publish("orders.customer-1", "{}"), /schema order v1 .*required/);
  await bench.publish("orders", '{"id":1}');

  const lax = schemaText.replace("id", "name");
  await control.call("schema.setCompatibility", { schema: "order" }, { compatibility: "none" });
  await control.call("schema.addVersion", { schema: "order" }, { text: lax, isActivated: true });
  await assert.rejects(bench.publish("orders", '{"id":1}'), /schema order v2 .*name/);
  await control.call("attachment.set", orders, { schema: "order", version: 1 });
  await bench.publish("orders", '{"id":1}');
  await control.call("attachment.delete", orders, {});
  await bench.publish("orders", "anything");

  await control.call("attachment.set", orders, { schema: "order" });
  await control.call("station.delete", orders, {});
  await control.call("station.create", orders, {});
  assert.equal((await bench.publish("orders", "anything")).stream, "orders");
});

test("enforces it for streams of plain clients, by the subjects that they have", async () => {
  await using bench = await Bench.start({ memory: true });
  const manager = await jetstreamManager(bench.connection);
  await manager.streams.add({ name: "PLAIN", subjects: ["plain.*"] });
  await enforce(bench, "PLAIN");
  await assert.rejects(bench.publish("plain.a", "{}"), /station PLAIN/);
  await manager.streams.update("PLAIN", { subjects: ["plain.*", "other"] });
  // Who changes a stream is not told when that is taken up.
  await eventually("the gate before the other subject", () =>
    bench.publish("other", "{}").then(
      () => undefined,
      () => true,
    ),
  );
  await bench.publish("other", '{"id":1}');
});

test("takes up what others make, without having been asked before", async () => {
  await using bench = await Bench.start({ memory: true });
  const stations = await Stations.open(bench.connection);
  await stations.create("orders", { partitions: 2 });
  const ack = await eventually("the way to partitions", () =>
    bench.publish("orders.a", "x").catch(() => undefined),
  );
  assert.match(ack.stream, /^orders\$/);
});

test("lets nothing past a schema when it is started again", async () => {
  const flags = { data: join(directory, "gated") };
  let port = 0;
  {
    await using bench = await Bench.start(flags);
    port = bench.server.port;
    await bench.control.call("station.create", orders, {});
    await enforce(bench);
  }
  // Somebody who publishes what does not fit as soon as there is a server, and does not wait for answers.
  let isOver = false;
  const published = Promise.withResolvers<void>();
  const hammer = (async () => {
    while (!isOver) {
      const connection = await connect({
        servers: `127.0.0.1:${port}`,
        reconnect: false,
        timeout: 2_000,
      }).catch(() => undefined);
      if (connection === undefined) continue;
      for (let count = 0; count < 100; count++) connection.publish("orders", "{}");
      await connection.flush().catch(() => undefined);
      await connection.close();
      published.resolve();
    }
  })();
  const start = (): Promise<Bench> =>
    Bench.start({ ...flags, port: String(port) }).catch((error: Error & { code?: string }) => {
      if (error.code !== "PORT_IN_USE") throw error;
      port += 1;
      return start();
    });
  await using bench = await start();
  await published.promise;
  isOver = true;
  await hammer;
  assert.equal((await bench.control.call("station.get", orders, {})).messages, 0);
});

test("takes no message whose schema can't be read, and those that fit once it can", async () => {
  const flags = { data: join(directory, "broken") };
  let text = "";
  {
    await using bench = await Bench.start(flags);
    await bench.control.call("station.create", orders, {});
    await enforce(bench);
    const bucket = await new Kvm(bench.connection).open("oxbow");
    text = (await bucket.get("schema.order"))?.string() ?? "";
    await bucket.put("schema.order", "{}");
  }
  await using bench = await Bench.start(flags);
  await assert.rejects(bench.publish("orders", '{"id":1}'), /its schema can't be used/);
  const bucket = await new Kvm(bench.connection).open("oxbow");
  await bucket.put("schema.order", text);
  const ack = await eventually("a message that is taken", () =>
    bench.publish("orders", '{"id":1}').catch(() => undefined),
  );
  assert.equal(ack.stream, "orders");
  await assert.rejects(bench.publish("orders", "{}"), /schema order v1/);
});

test("is not there with --platform off", async () => {
  await using bench = await Bench.start({ memory: true, platform: "off" });
  await refuses(bench.control.call("platform.info", {}, {}), "API_UNAVAILABLE", /no platform/);
});
