import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { takeArchive } from "./support/archives.ts";
import { withJetStream } from "./support/test-jetstream.ts";

/** The places of an archive that are changed, and how long it is then. */
const change = fc.record({
  places: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
  cut: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(3_000)),
});

test("an archive that was tampered with, in any chunks, becomes a whole stream or none", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    for (let index = 0; index < 50; index++)
      await server.publish(`s.${index % 7}`, `text ${index}`);
    await server.createConsumer("S", "c");
    const archive = await takeArchive(server, "S");
    await server.ok("STREAM.DELETE.S");
    const anyBytes = fc
      .uint8Array({ minLength: 1, maxLength: 3_000 })
      .map((bytes) => Buffer.from(bytes));
    const mutated = change.map(({ places, cut }) => {
      const bytes = Buffer.from(archive);
      for (const [at, byte] of places) bytes[at % bytes.length] = byte;
      return bytes.subarray(0, Math.max(1, bytes.length - cut));
    });
    const bodies = fc.oneof({ weight: 4, arbitrary: mutated }, { weight: 1, arbitrary: anyBytes });
    const sizes = fc.array(fc.integer({ min: 1, max: 1_500 }), { minLength: 1, maxLength: 4 });
    const property = fc.asyncProperty(bodies, sizes, async (bytes, chunkSizes) => {
      const config = { name: "S", subjects: ["s.>"] };
      const begun = await server.ok("STREAM.RESTORE.S", { config, state: {} });
      const subject = String(begun.deliver_subject);
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = chunkSizes[turn % chunkSizes.length] as number;
        if (server.send(subject, bytes.subarray(at, at + size), {}, "_INBOX.chunks") === 0) break;
        await server.advance(0);
        at += size;
      }
      server.send(subject, "", {}, "_INBOX.chunks");
      await server.advance(10_000);
      const info = await server.api("STREAM.INFO.S");
      if (info.error === undefined) {
        assert.ok(info.state.messages <= 50);
        await server.ok("STREAM.DELETE.S");
      } else assert.equal(info.error.err_code, 10059);
      assert.deepEqual(server.store.logs, []);
    });
    await fc.assert(property, { numRuns: 100 });
    await server.createStream("S");
    assert.equal((await server.publish("s.a", "x")).seq, 1);
  }));
