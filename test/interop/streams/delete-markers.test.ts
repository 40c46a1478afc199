import assert from "node:assert/strict";
import { test } from "node:test";
import { RawJetStream } from "../support/jetstream-client.ts";
import { onEachTarget } from "../support/targets.ts";

/** The headers of a marker, without what republishing adds. */
function ownHeaders(header: string): string {
  return header.slice(0, header.indexOf("\r\nNats-Stream: "));
}

onEachTarget("delete markers", (target) => {
  test("stand for the last message of a subject that ended, and for nothing else", async () => {
    await using client = await RawJetStream.open(target.server);
    await client.ok("STREAM.CREATE.MARKED", {
      name: "MARKED",
      subjects: ["marked.*"],
      max_msgs_per_subject: 1,
      subject_delete_marker_ttl: 3_600_000_000_000,
      republish: { src: "marked.*", dest: "republished.$1" },
    });
    const inbox = client.client.subscribe("republished.*");
    await client.client.request("marked.a", "1");
    await client.client.request("marked.b", "2", { "KV-Operation": "PURGE", "Nats-TTL": "1s" });
    await client.client.request("marked.c", "3", { own: "x", "Nats-TTL": "1" });
    for (const subject of ["a", "b", "c"]) {
      assert.equal((await inbox.next()).subject, `republished.${subject}`);
    }
    const marker = await inbox.next();
    assert.equal(marker.subject, "republished.c");
    assert.equal(
      ownHeaders(marker.header),
      "NATS/1.0\r\nNats-Marker-Reason: MaxAge\r\nNats-TTL: 1h0m0s\r\nNats-Rollup: sub",
    );
    assert.match(marker.header, /Nats-Sequence: 4\r\n/);
    const { state } = await client.ok("STREAM.INFO.MARKED", { subjects_filter: ">" });
    assert.deepEqual(state.subjects, { "marked.a": 1, "marked.c": 1 });
  });
});
