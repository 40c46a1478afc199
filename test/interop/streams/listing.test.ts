import assert from "node:assert/strict";
import { test } from "node:test";
import { RawJetStream } from "../support/jetstream-client.ts";
import { collect, openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

/** More than one page of infos, which holds 256. */
const STREAM_COUNT = 300;

onEachTarget("stream names and list", (target) => {
  test("of an empty server are empty", async () => {
    await using raw = await RawJetStream.open(target.server);
    const names = await raw.ok("STREAM.NAMES");
    assert.equal(names["total"], 0);
    assert.equal(names["limit"], 1024);
    // The original says null where there is nothing to list.
    assert.deepEqual(names["streams"] ?? [], []);
    const list = await raw.ok("STREAM.LIST");
    assert.equal(list["total"], 0);
    assert.equal(list["limit"], 256);
    assert.deepEqual(list["streams"], []);
  });

  test("come in pages, sorted by name", async () => {
    await using raw = await RawJetStream.open(target.server);
    const expected = Array.from({ length: STREAM_COUNT }, (_, index) => `S${1000 + index}`);
    for (const name of expected.toReversed()) {
      await raw.createStream(name, { subjects: [`list.${name}`], storage: "memory" });
    }
    const first = await raw.ok("STREAM.LIST", { offset: 0 });
    assert.equal(first["total"], STREAM_COUNT);
    assert.equal(first["streams"].length, 256);
    const second = await raw.ok("STREAM.LIST", { offset: 256 });
    assert.equal(second["offset"], 256);
    const streams: { config: { name: string } }[] = [...first["streams"], ...second["streams"]];
    assert.deepEqual(
      streams.map((stream) => stream.config.name),
      expected,
    );
    const names = await raw.ok("STREAM.NAMES", { offset: 298 });
    assert.deepEqual(names["streams"], ["S1298", "S1299"]);
    assert.equal(names["total"], STREAM_COUNT);
  });

  test("are gathered over all pages by the official client", async () => {
    await using client = await openOfficialClient(target.server);
    assert.equal((await collect(client.jsm.streams.list())).length, STREAM_COUNT);
    assert.equal((await collect(client.jsm.streams.names())).length, STREAM_COUNT);
  });

  test("can be narrowed by subject", async () => {
    await using client = await openOfficialClient(target.server);
    assert.deepEqual(await collect(client.jsm.streams.names("list.S1007")), ["S1007"]);
    assert.equal((await collect(client.jsm.streams.names("list.*"))).length, STREAM_COUNT);
    assert.deepEqual(await collect(client.jsm.streams.names("nothing.here")), []);
    const infos = await collect(client.jsm.streams.list("list.S1008"));
    assert.deepEqual(
      infos.map((info) => info.config.name),
      ["S1008"],
    );
  });
});
