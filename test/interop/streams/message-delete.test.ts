import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { RawJetStream } from "../support/jetstream-client.ts";
import { openOfficialClient, rejectsWithCode } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("message delete", (target) => {
  for (const storage of ["file", "memory"] as const) {
    test(`takes out one message and keeps the others (${storage})`, async () => {
      await using client = await openOfficialClient(target.server);
      const name = `ONE-${storage}`;
      await client.jsm.streams.add({ name, storage });
      for (const body of ["1", "2", "3"]) await client.js.publish(name, body);
      assert.equal(await client.jsm.streams.deleteMessage(name, 2), true);
      assert.equal(await client.jsm.streams.getMessage(name, { seq: 2 }), null);
      assert.equal((await client.jsm.streams.getMessage(name, { seq: 3 }))?.string(), "3");
      const { state } = await client.jsm.streams.info(name);
      assert.deepEqual(
        [state.messages, state.first_seq, state.last_seq, state.num_deleted],
        [2, 1, 3, 1],
      );
    });

    test(`of the first message moves the first sequence over the hole (${storage})`, async () => {
      await using client = await openOfficialClient(target.server);
      const name = `FIRST-${storage}`;
      await client.jsm.streams.add({ name, storage });
      for (const body of ["1", "2", "3"]) await client.js.publish(name, body);
      await client.jsm.streams.deleteMessage(name, 2);
      await client.jsm.streams.deleteMessage(name, 1);
      const { state } = await client.jsm.streams.info(name);
      assert.deepEqual([state.messages, state.first_seq, state.num_deleted], [1, 3, undefined]);
    });

    test(`of the last message does not give its sequence away (${storage})`, async () => {
      await using client = await openOfficialClient(target.server);
      const name = `LAST-${storage}`;
      await client.jsm.streams.add({ name, storage });
      for (const body of ["1", "2"]) await client.js.publish(name, body);
      await client.jsm.streams.deleteMessage(name, 2);
      assert.equal((await client.jsm.streams.info(name)).state.last_seq, 2);
      assert.equal((await client.js.publish(name, "3")).seq, 3);
    });
  }

  test("twice is refused the second time", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "TWICE" });
    for (const body of ["1", "2", "3"]) await client.js.publish("TWICE", body);
    await client.jsm.streams.deleteMessage("TWICE", 2);
    const again = client.jsm.streams.deleteMessage("TWICE", 2);
    await rejectsWithCode(again, 10043, "sequence 2 not found");
  });

  test("beyond the last message is refused", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("BEYOND", { storage: "memory" });
    await raw.publish("BEYOND", "x");
    await raw.refuses(
      "STREAM.MSG.DELETE.BEYOND",
      { seq: 9 },
      { code: 400, err_code: 10043, description: "sequence 9 not found" },
    );
    // A file stream of nats-server answers 10057 here, with the words of its store.
    await raw.createStream("BEYONDFILE");
    const answer = await raw.api("STREAM.MSG.DELETE.BEYONDFILE", { seq: 9 });
    assert.ok([10043, 10057].includes(answer.error?.err_code ?? 0), JSON.stringify(answer));
  });

  test("without erasing is asked for with no_erase", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("PLAIN", { subjects: ["plain"] });
    await raw.publish("plain", "x");
    const answer = await raw.ok("STREAM.MSG.DELETE.PLAIN", { seq: 1, no_erase: true });
    assert.equal(answer["success"], true);
    assert.equal((await raw.api("STREAM.MSG.GET.PLAIN", { seq: 1 })).error?.err_code, 10037);
  });

  test("overwrites the payload in every file, unless told not to", async () => {
    await using server = await target.start();
    {
      await using client = await openOfficialClient(server);
      await client.jsm.streams.add({ name: "SECRETS", subjects: ["secrets"] });
      for (const body of ["kept-1-marker", "erased-2-marker", "kept-3-marker"]) {
        await client.js.publish("secrets", body);
      }
    }
    await server.stop("SIGTERM");
    // Proves that the search below would find a payload that is there.
    assert.equal(await anyFileHas(server.dataDirectory, "erased-2-marker"), true);
    await server.restart();
    {
      await using client = await openOfficialClient(server);
      await client.jsm.streams.deleteMessage("SECRETS", 2, true);
      assert.equal(await client.jsm.streams.getMessage("SECRETS", { seq: 2 }), null);
    }
    await server.stop("SIGTERM");
    assert.equal(await anyFileHas(server.dataDirectory, "erased-2-marker"), false);
    assert.equal(await anyFileHas(server.dataDirectory, "kept-1-marker"), true);
    await server.restart();
    await using client = await openOfficialClient(server);
    assert.equal(await client.jsm.streams.getMessage("SECRETS", { seq: 2 }), null);
    const kept = await client.jsm.streams.getMessage("SECRETS", { seq: 3 });
    assert.equal(kept?.string(), "kept-3-marker");
    assert.equal((await client.jsm.streams.info("SECRETS")).state.messages, 2);
  });

  test("overwrites a payload that was written a moment ago", async () => {
    await using server = await target.start();
    {
      await using client = await openOfficialClient(server);
      await client.jsm.streams.add({ name: "FRESH", subjects: ["fresh"] });
      await client.js.publish("fresh", "kept-1-marker");
      await client.js.publish("fresh", "erased-2-marker");
      await client.jsm.streams.deleteMessage("FRESH", 2);
    }
    await server.stop("SIGTERM");
    assert.equal(await anyFileHas(server.dataDirectory, "erased-2-marker"), false);
    assert.equal(await anyFileHas(server.dataDirectory, "kept-1-marker"), true);
  });
});

/** Whether any file below `directory` contains `text`. */
async function anyFileHas(directory: string, text: string): Promise<boolean> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const content = await readFile(join(entry.parentPath, entry.name));
    if (content.includes(text)) return true;
  }
  return false;
}
