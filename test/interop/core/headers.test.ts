import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, headers } from "@nats-io/transport-node";
import { withDeadline } from "../support/deadline.ts";
import { RawClient } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("headers", (target) => {
  test("arrive byte for byte, with the payload behind them", async () => {
    await using client = await RawClient.open(target.server);
    const header = "NATS/1.0\r\nb: 2\r\nA:1\r\nb: 3\r\nEmpty:\r\n\r\n";
    const inbox = client.subscribe("headers.a");
    client.send(`HPUB headers.a answer ${header.length} ${header.length + 4}`, `${header}body`);
    const message = await inbox.next();
    assert.equal(message.header, header);
    assert.equal(message.body.toString(), "body");
    assert.equal(message.reply, "answer");
  });

  test("may come without a payload", async () => {
    await using client = await RawClient.open(target.server);
    const inbox = client.subscribe("headers.b");
    client.publish("headers.b", "", { headers: { A: "b" } });
    const message = await inbox.next();
    assert.equal(message.header, "NATS/1.0\r\nA: b\r\n\r\n");
    assert.equal(message.body.length, 0);
  });

  test("are stripped for a client without header support", async () => {
    await using client = await RawClient.open(target.server);
    await using plain = await RawClient.open(target.server, {
      headers: false,
      no_responders: false,
    });
    const inbox = plain.subscribe("headers.c");
    await plain.flush();
    client.publish("headers.c", "body", { headers: { A: "b" } });
    const message = await inbox.next();
    assert.equal(message.header, "");
    assert.equal(message.body.toString(), "body");
  });

  test("of the official client reach another official client", async () => {
    const nc = await connect({ servers: target.server.url });
    const subscription = nc.subscribe("headers.d", { max: 1 });
    const sent = headers();
    sent.append("Trace", "1");
    sent.append("Trace", "2");
    sent.set("Kind", "test");
    nc.publish("headers.d", "body", { headers: sent });
    const received = await withDeadline(
      (async () => {
        for await (const message of subscription) return message;
        return undefined;
      })(),
      () => "the message",
    );
    assert.deepEqual(received?.headers?.values("Trace"), ["1", "2"]);
    assert.equal(received?.headers?.get("Kind"), "test");
    assert.equal(received?.string(), "body");
    await nc.close();
  });
});
