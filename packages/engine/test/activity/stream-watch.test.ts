import assert from "node:assert/strict";
import { test } from "node:test";
import { SimWorld } from "@oxbow/testkit";
import { StreamWatch } from "../../src/activity/stream-watch.ts";
import { TestJetStream } from "../jetstream/support/test-jetstream.ts";

function played(run: (server: TestJetStream) => Promise<void>): () => Promise<void> {
  const world = new SimWorld("stream watch");
  return () => world.play(async () => run(await TestJetStream.open(world)));
}

const nothing = { changed: [], gone: [] };

test(
  "tells which streams have changed since it looked, and which are gone",
  played(async (server) => {
    const watch = new StreamWatch(() => server.jetstream);
    await server.createStream("ONE");
    await server.createStream("TWO");
    assert.deepEqual(
      watch.look().changed.map(({ name }) => name),
      ["ONE", "TWO"],
    );
    assert.deepEqual(watch.look(), nothing);
    await server.publish("two.a", "1");
    const seen = watch.look().changed.map(({ name, messages, lastSequence }) => ({
      ...{ name, messages, lastSequence },
    }));
    assert.deepEqual(seen, [{ name: "TWO", messages: 1, lastSequence: 1 }]);
    await server.ok("STREAM.DELETE.ONE");
    assert.deepEqual(watch.look(), { changed: [], gone: ["ONE"] });
  }),
);

test(
  "tells what durable consumers have done",
  played(async (server) => {
    const watch = new StreamWatch(() => server.jetstream);
    await server.createStream("S");
    await server.createConsumer("S", "c");
    await server.publish("s.a", "1");
    await server.publish("s.a", "2");
    watch.look();
    const message = await server.pull("S", "c").next();
    const consumer = () => {
      const [{ consumers = [] } = {}] = watch.look().changed;
      const [{ delivered, acknowledged, waiting, inFlight } = {}] = consumers;
      return { delivered, acknowledged, waiting, inFlight };
    };
    assert.deepEqual(consumer(), { delivered: 1, acknowledged: 0, waiting: 1, inFlight: 1 });
    assert.deepEqual(watch.look(), nothing);
    await server.request(message.reply, "+ACK");
    assert.deepEqual(consumer(), { delivered: 1, acknowledged: 1, waiting: 1, inFlight: 0 });
  }),
);
