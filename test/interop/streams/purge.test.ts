import assert from "node:assert/strict";
import { test } from "node:test";
import type { StorageType } from "@nats-io/jetstream";
import { type OfficialClient, openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

const STORAGES: readonly StorageType[] = ["file", "memory"];

onEachTarget("purge", (target) => {
  for (const storage of STORAGES) {
    /** A stream of ten messages, alternating between two subjects from sequence 1 on. */
    const filled = async (client: OfficialClient, name: string): Promise<string> => {
      const stream = `${name}-${storage}`;
      await client.jsm.streams.add({ name: stream, subjects: [`${stream}.*`], storage });
      for (let index = 1; index <= 10; index++) {
        await client.js.publish(`${stream}.${index % 2 === 1 ? "odd" : "even"}`, String(index));
      }
      return stream;
    };

    test(`everything, keeping the sequence (${storage})`, async () => {
      await using client = await openOfficialClient(target.server);
      const stream = await filled(client, "ALL");
      assert.equal((await client.jsm.streams.purge(stream)).purged, 10);
      const { state } = await client.jsm.streams.info(stream);
      assert.deepEqual(
        [state.messages, state.bytes, state.first_seq, state.last_seq],
        [0, 0, 11, 10],
      );
      assert.equal((await client.js.publish(`${stream}.odd`, "x")).seq, 11);
    });

    test(`up to a sequence, which stays (${storage})`, async () => {
      await using client = await openOfficialClient(target.server);
      const stream = await filled(client, "SEQ");
      assert.equal((await client.jsm.streams.purge(stream, { seq: 4 })).purged, 3);
      const { state } = await client.jsm.streams.info(stream);
      assert.deepEqual([state.messages, state.first_seq, state.last_seq], [7, 4, 10]);
    });

    test(`all but the newest (${storage})`, async () => {
      await using client = await openOfficialClient(target.server);
      const stream = await filled(client, "KEEP");
      assert.equal((await client.jsm.streams.purge(stream, { keep: 2 })).purged, 8);
      const { state } = await client.jsm.streams.info(stream);
      assert.deepEqual([state.messages, state.first_seq, state.last_seq], [2, 9, 10]);
    });

    test(`one subject (${storage})`, async () => {
      await using client = await openOfficialClient(target.server);
      const stream = await filled(client, "FILTER");
      assert.equal((await client.jsm.streams.purge(stream, { filter: `${stream}.odd` })).purged, 5);
      assert.deepEqual(await remaining(client, stream), [2, 4, 6, 8, 10]);
    });

    test(`one subject up to a sequence (${storage})`, async () => {
      await using client = await openOfficialClient(target.server);
      const stream = await filled(client, "FILTERSEQ");
      const { purged } = await client.jsm.streams.purge(stream, {
        filter: `${stream}.even`,
        seq: 6,
      });
      assert.equal(purged, 2);
      assert.deepEqual(await remaining(client, stream), [1, 3, 5, 6, 7, 8, 9, 10]);
    });

    test(`all but the newest of one subject (${storage})`, async () => {
      await using client = await openOfficialClient(target.server);
      const stream = await filled(client, "FILTERKEEP");
      const { purged } = await client.jsm.streams.purge(stream, {
        filter: `${stream}.odd`,
        keep: 1,
      });
      assert.equal(purged, 4);
      assert.deepEqual(await remaining(client, stream), [2, 4, 6, 8, 9, 10]);
    });

    test(`a wildcard that nothing matches (${storage})`, async () => {
      await using client = await openOfficialClient(target.server);
      const stream = await filled(client, "NOTHING");
      const { purged } = await client.jsm.streams.purge(stream, { filter: "elsewhere.>" });
      assert.equal(purged, 0);
      assert.equal((await client.jsm.streams.info(stream)).state.messages, 10);
    });
  }
});

/** The sequences still there. */
async function remaining(client: OfficialClient, stream: string): Promise<number[]> {
  const sequences: number[] = [];
  for (let seq = 1; seq <= 10; seq++) {
    if ((await client.jsm.streams.getMessage(stream, { seq })) !== null) sequences.push(seq);
  }
  return sequences;
}
