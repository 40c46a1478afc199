import assert from "node:assert/strict";
import { test } from "node:test";
import type { JetStreamManager, StreamConfig } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { type OfficialClient, openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

/** Ways to lose messages: in words, by configuration, and by request after sixty publishes to four subjects. */
const REMOVALS: readonly [
  string,
  Partial<StreamConfig>,
  (jsm: JetStreamManager, name: string) => Promise<unknown>,
][] = [
  ["a delete in the middle", {}, (jsm, name) => jsm.streams.deleteMessage(name, 33)],
  ["a delete of the first message", {}, (jsm, name) => jsm.streams.deleteMessage(name, 1)],
  ["a delete of the last message", {}, (jsm, name) => jsm.streams.deleteMessage(name, 60)],
  ["max_msgs", { max_msgs: 50 }, () => Promise.resolve()],
  ["max_msgs_per_subject", { max_msgs_per_subject: 10 }, () => Promise.resolve()],
  ["max_bytes", { max_bytes: 2000 }, () => Promise.resolve()],
  ["max_msgs and a delete", { max_msgs: 50 }, (jsm, name) => jsm.streams.deleteMessage(name, 33)],
  ["a purge up to a sequence", {}, (jsm, name) => jsm.streams.purge(name, { seq: 20 })],
  ["a purge of a subject", {}, (jsm, name) => jsm.streams.purge(name, { filter: `${name}.1` })],
  [
    "a purge of all but a subject's newest",
    {},
    (jsm, name) => jsm.streams.purge(name, { filter: `${name}.1`, keep: 2 }),
  ],
];

onEachTarget("streams over a restart", (target) => {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    // What limits and purges removed comes back to a nats-server that was killed.
    const skip = target.name === "nats-server" && signal === "SIGKILL" && "forgets removals";
    test(`messages, holes, limits and configuration survive ${signal}`, { skip }, async () => {
      await using server = await target.start();
      const config = {
        name: "LASTING",
        subjects: ["lasting.*"],
        description: "stays",
        max_msgs: 50,
        max_msgs_per_subject: 20,
        allow_direct: true,
        metadata: { owner: "tests" },
      };
      const before = await (async () => {
        await using client = await openOfficialClient(server);
        await client.jsm.streams.add(config);
        const sent = headers();
        sent.set("Color", "red");
        for (let index = 1; index <= 60; index++) {
          await client.js.publish(`lasting.${index % 4}`, `body ${index}`, { headers: sent });
        }
        await client.jsm.streams.deleteMessage("LASTING", 33);
        await client.jsm.streams.purge("LASTING", { filter: "lasting.1", keep: 2 });
        return await client.jsm.streams.info("LASTING", {
          deleted_details: true,
          subjects_filter: ">",
        });
      })();

      await server.restart(signal);

      await using client = await openOfficialClient(server);
      const after = await client.jsm.streams.info("LASTING", {
        deleted_details: true,
        subjects_filter: ">",
      });
      assert.deepEqual(after.config, before.config);
      assert.equal(after.created, before.created);
      assert.deepEqual(after.state, before.state);
      const message = await client.jsm.streams.getMessage("LASTING", { seq: 60 });
      assert.equal(message?.string(), "body 60");
      assert.equal(message?.header.get("Color"), "red");
      assert.equal(message?.subject, "lasting.0");
      assert.equal(await client.jsm.streams.getMessage("LASTING", { seq: 33 }), null);
      assert.equal((await client.js.publish("lasting.0", "next")).seq, 61);
    });
  }

  for (const [index, [what, config, remove]] of REMOVALS.entries()) {
    test(`what ${what} left is the same after a restart`, async () => {
      await using server = await target.start();
      const name = `REMOVED${index}`;
      const state = async (client: OfficialClient): Promise<unknown> =>
        (await client.jsm.streams.info(name, { deleted_details: true, subjects_filter: ">" }))
          .state;
      const before = await (async () => {
        await using client = await openOfficialClient(server);
        await client.jsm.streams.add({ name, subjects: [`${name}.*`], ...config });
        for (let sequence = 1; sequence <= 60; sequence++) {
          await client.js.publish(`${name}.${sequence % 4}`, "x");
        }
        await remove(client.jsm, name);
        return await state(client);
      })();
      await server.restart("SIGTERM");
      await using client = await openOfficialClient(server);
      assert.deepEqual(await state(client), before);
    });
  }

  test("a purged stream goes on with its sequences", async () => {
    await using server = await target.start();
    {
      await using client = await openOfficialClient(server);
      await client.jsm.streams.add({ name: "PURGED" });
      for (let index = 0; index < 5; index++) await client.js.publish("PURGED", "x");
      await client.jsm.streams.purge("PURGED");
    }
    await server.restart("SIGTERM");
    await using client = await openOfficialClient(server);
    const { state } = await client.jsm.streams.info("PURGED");
    assert.deepEqual([state.messages, state.first_seq, state.last_seq], [0, 6, 5]);
    assert.equal((await client.js.publish("PURGED", "x")).seq, 6);
  });

  test("a deleted stream stays deleted, and a memory stream is empty or gone", async () => {
    await using server = await target.start();
    {
      await using client = await openOfficialClient(server);
      await client.jsm.streams.add({ name: "DELETED" });
      await client.jsm.streams.add({ name: "KEPT" });
      await client.jsm.streams.delete("DELETED");
      await client.jsm.streams.add({ name: "MEMORY", storage: "memory" });
      await client.js.publish("MEMORY", "x");
    }
    await server.restart("SIGTERM");
    await using client = await openOfficialClient(server);
    const names: string[] = [];
    for await (const info of client.jsm.streams.list()) {
      names.push(info.config.name);
      assert.equal(info.state.messages, 0);
    }
    assert.ok(names.includes("KEPT"));
    assert.ok(!names.includes("DELETED"));
  });

  test("many streams are all there again", async () => {
    await using server = await target.start();
    {
      await using client = await openOfficialClient(server);
      for (let index = 0; index < 50; index++) {
        await client.jsm.streams.add({ name: `MANY${index}`, subjects: [`many.${index}`] });
        await client.js.publish(`many.${index}`, String(index));
      }
    }
    await server.restart("SIGKILL");
    await using client = await openOfficialClient(server);
    for (let index = 0; index < 50; index++) {
      const message = await client.jsm.streams.getMessage(`MANY${index}`, { seq: 1 });
      assert.equal(message?.string(), String(index));
    }
  });
});
