import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@nats-io/transport-node";
import { describeFrames, RawClient } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

const MAX_PAYLOAD = 1000;
const MAX_CONTROL_LINE = 512;

onEachTarget(
  "limits",
  (target) => {
    test("a payload of exactly max_payload is accepted", async () => {
      await using client = await RawClient.open(target.server);
      assert.equal(client.info["max_payload"], MAX_PAYLOAD);
      const inbox = client.subscribe("payload.a");
      client.publish("payload.a", "x".repeat(MAX_PAYLOAD));
      assert.equal((await inbox.next()).body.length, MAX_PAYLOAD);
    });

    test("one byte more ends the connection, before the payload has come", async () => {
      await using client = await RawClient.open(target.server);
      client.send(`PUB payload.b ${MAX_PAYLOAD + 1}`);
      assert.deepEqual(describeFrames(await client.untilClosed()), [
        "-ERR Maximum Payload Violation",
      ]);
    });

    test("headers count towards max_payload", async () => {
      await using client = await RawClient.open(target.server);
      client.publish("payload.c", "x".repeat(MAX_PAYLOAD - 10), { headers: { A: "b" } });
      assert.deepEqual(describeFrames(await client.untilClosed()), [
        "-ERR Maximum Payload Violation",
      ]);
    });

    test("a control line within max_control_line is accepted", async () => {
      await using client = await RawClient.open(target.server);
      const subject = "a".repeat(MAX_CONTROL_LINE - 50);
      const inbox = client.subscribe(subject);
      client.publish(subject, "x");
      assert.equal((await inbox.next()).subject, subject);
    });

    test("a control line beyond it ends the connection", async () => {
      await using client = await RawClient.open(target.server);
      client.send(`SUB ${"a".repeat(MAX_CONTROL_LINE + 50)} 1`);
      assert.deepEqual(describeFrames(await client.untilClosed()), [
        "-ERR maximum control line exceeded",
      ]);
    });

    test("a control line that never ends is cut off as well", async () => {
      await using client = await RawClient.open(target.server);
      await client.flush();
      client.write(`PUB ${"a".repeat(MAX_CONTROL_LINE + 50)}`);
      client.write("a".repeat(MAX_CONTROL_LINE));
      assert.deepEqual(describeFrames(await client.untilClosed()), [
        "-ERR maximum control line exceeded",
      ]);
    });

    test("the official client learns max_payload from INFO and keeps to it", async () => {
      const nc = await connect({ servers: target.server.url });
      assert.equal(nc.info?.max_payload, MAX_PAYLOAD);
      assert.throws(() => nc.publish("payload.d", "x".repeat(MAX_PAYLOAD + 1)), /max_payload/);
      await nc.close();
    });

    test("a connection beyond max_connections is refused, and its place is free again later", async () => {
      await using server = await target.start({ maxConnections: 2 });
      const first = await RawClient.open(server);
      await using second = await RawClient.open(server);
      await first.flush();
      await second.flush();
      await using third = await RawClient.dialUnwelcome(server);
      assert.deepEqual(describeFrames(await third.untilClosed()), [
        "-ERR maximum connections exceeded",
      ]);
      assert.deepEqual(await second.flush(), []);
      await first.close();
      for (;;) {
        await using next = await RawClient.dialUnwelcome(server);
        next.connect();
        next.send("PING");
        // One that is refused may be gone before it has read why.
        const frame = await next.next().catch(() => undefined);
        if (frame?.kind === "pong") return;
      }
    });
  },
  { maxPayloadBytes: MAX_PAYLOAD, maxControlLineBytes: MAX_CONTROL_LINE },
);
