import assert from "node:assert/strict";
import { test } from "node:test";
import type { StorageType, StreamConfig } from "@nats-io/jetstream";
import { eventually } from "../support/deadline.ts";
import { nanos } from "../support/jetstream-client.ts";
import {
  type OfficialClient,
  openOfficialClient,
  rejectsWithCode,
} from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

const STORAGES: readonly StorageType[] = ["file", "memory"];

onEachTarget(
  "stream limits",
  (target) => {
    for (const storage of STORAGES) {
      const create = async (
        client: OfficialClient,
        name: string,
        config: Partial<StreamConfig>,
      ): Promise<string> => {
        const stream = `${name}-${storage}`;
        await client.jsm.streams.add({
          name: stream,
          subjects: [`${stream}.*`],
          storage,
          ...config,
        });
        return stream;
      };

      test(`max_msgs drops the oldest message (${storage})`, async () => {
        await using client = await openOfficialClient(target.server);
        const stream = await create(client, "COUNT", { max_msgs: 3 });
        await publish(client, stream, ["a", "b", "c", "d", "e"]);
        const { state } = await client.jsm.streams.info(stream);
        assert.deepEqual([state.messages, state.first_seq, state.last_seq], [3, 3, 5]);
      });

      test(`max_bytes drops the oldest messages until the new one fits (${storage})`, async () => {
        await using client = await openOfficialClient(target.server);
        const stream = await create(client, "BYTES", { max_bytes: 2000 });
        await publish(
          client,
          stream,
          Array.from({ length: 20 }, () => "x".repeat(300)),
        );
        const { state } = await client.jsm.streams.info(stream);
        assert.ok(state.bytes <= 2000, `${state.bytes} bytes`);
        assert.ok(state.messages >= 4 && state.messages <= 6, `${state.messages} messages`);
        assert.equal(state.last_seq, 20);
        assert.equal(state.first_seq, 21 - state.messages);
      });

      test(`max_age drops what is older, without any traffic (${storage})`, async () => {
        await using client = await openOfficialClient(target.server);
        const stream = await create(client, "AGE", { max_age: nanos(400) });
        await publish(client, stream, ["a", "b", "c"]);
        const state = await eventually("an empty stream", async () => {
          const info = await client.jsm.streams.info(stream);
          return info.state.messages === 0 ? info.state : undefined;
        });
        assert.deepEqual([state.first_seq, state.last_seq, state.bytes], [4, 3, 0]);
        assert.equal((await client.js.publish(`${stream}.a`, "d")).seq, 4);
      });

      test(`max_msgs_per_subject keeps the newest of each subject (${storage})`, async () => {
        await using client = await openOfficialClient(target.server);
        const stream = await create(client, "PERSUBJECT", { max_msgs_per_subject: 2 });
        for (const subject of ["a", "a", "b", "a", "b", "c", "a"]) {
          await client.js.publish(`${stream}.${subject}`, subject);
        }
        const { state } = await client.jsm.streams.info(stream, { subjects_filter: ">" });
        assert.deepEqual(state.subjects, {
          [`${stream}.a`]: 2,
          [`${stream}.b`]: 2,
          [`${stream}.c`]: 1,
        });
        assert.deepEqual([state.messages, state.first_seq, state.last_seq], [5, 3, 7]);
      });

      test(`max_msg_size refuses what is larger, headers included (${storage})`, async () => {
        await using client = await openOfficialClient(target.server);
        const stream = await create(client, "SIZE", { max_msg_size: 50 });
        await client.js.publish(`${stream}.a`, "x".repeat(50));
        await rejectsWithCode(client.js.publish(`${stream}.a`, "x".repeat(51)), 10054);
        await rejectsWithCode(
          client.js.publish(`${stream}.a`, "x".repeat(30), { msgID: "long-id" }),
          10054,
        );
        assert.equal((await client.jsm.streams.info(stream)).state.messages, 1);
      });

      test(`discard new refuses beyond max_msgs, and takes again after a purge (${storage})`, async () => {
        await using client = await openOfficialClient(target.server);
        const stream = await create(client, "NEWCOUNT", { max_msgs: 2, discard: "new" });
        await publish(client, stream, ["a", "b"]);
        await rejectsWithCode(
          client.js.publish(`${stream}.a`, "c"),
          10077,
          "maximum messages exceeded",
        );
        await client.jsm.streams.purge(stream, { keep: 1 });
        assert.equal((await client.js.publish(`${stream}.a`, "c")).seq, 3);
      });

      test(`discard new refuses beyond max_bytes (${storage})`, async () => {
        await using client = await openOfficialClient(target.server);
        const stream = await create(client, "NEWBYTES", { max_bytes: 500, discard: "new" });
        await publish(client, stream, ["x".repeat(300)]);
        const second = client.js.publish(`${stream}.a`, "x".repeat(300));
        await rejectsWithCode(second, 10077, "maximum bytes exceeded");
        assert.equal((await client.js.publish(`${stream}.a`, "small")).seq, 2);
      });

      test(`discard new per subject refuses beyond max_msgs_per_subject (${storage})`, async () => {
        await using client = await openOfficialClient(target.server);
        const stream = await create(client, "NEWSUBJECT", {
          max_msgs_per_subject: 1,
          discard: "new",
          discard_new_per_subject: true,
        });
        await client.js.publish(`${stream}.a`, "1");
        const second = client.js.publish(`${stream}.a`, "2");
        await rejectsWithCode(second, 10077, "maximum messages per subject exceeded");
        assert.equal((await client.js.publish(`${stream}.b`, "1")).seq, 2);
      });

      test(`discard new without the per-subject switch still drops a subject's oldest (${storage})`, async () => {
        await using client = await openOfficialClient(target.server);
        const stream = await create(client, "NEWPLAIN", {
          max_msgs_per_subject: 1,
          max_msgs: 10,
          discard: "new",
        });
        await client.js.publish(`${stream}.a`, "1");
        assert.equal((await client.js.publish(`${stream}.a`, "2")).seq, 2);
        assert.equal((await client.jsm.streams.info(stream)).state.messages, 1);
      });
    }
  },
  { concurrent: true },
);

async function publish(
  client: OfficialClient,
  stream: string,
  bodies: readonly string[],
): Promise<void> {
  for (const body of bodies) await client.js.publish(`${stream}.a`, body);
}
