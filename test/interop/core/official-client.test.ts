import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, type Msg, type NatsConnection, type Subscription } from "@nats-io/transport-node";
import { withDeadline } from "../support/deadline.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("the official client", (target) => {
  test("publishes and subscribes", async () => {
    const nc = await connect({ servers: target.server.url });
    const subscription = nc.subscribe("plain.*", { max: 3 });
    for (const body of ["1", "2", "3"]) nc.publish(`plain.${body}`, body);
    const messages = await drainOf(subscription);
    assert.deepEqual(
      messages.map((message) => [message.subject, message.string()]),
      [
        ["plain.1", "1"],
        ["plain.2", "2"],
        ["plain.3", "3"],
      ],
    );
    await nc.close();
  });

  test("speaks verbose and pedantic", async () => {
    const nc = await connect({ servers: target.server.url, verbose: true, pedantic: true });
    const subscription = nc.subscribe("strict.a", { max: 1 });
    nc.publish("strict.a", "x");
    assert.equal((await drainOf(subscription)).length, 1);
    await nc.close();
  });

  test("with noEcho does not hear itself", async () => {
    const nc = await connect({ servers: target.server.url, noEcho: true });
    const subscription = nc.subscribe("echo.none");
    nc.publish("echo.none", "x");
    await nc.flush();
    assert.equal(subscription.getReceived(), 0);
    await nc.close();
  });

  test("measures round trips and counts traffic", async () => {
    const nc = await connect({ servers: target.server.url });
    assert.ok((await nc.rtt()) >= 0);
    nc.publish("counted", "12345");
    await nc.flush();
    assert.equal(nc.stats().outMsgs, 1);
    await nc.close();
  });

  test("drains: what was sent before is delivered, then the connection ends", async () => {
    const nc = await connect({ servers: target.server.url });
    const other = await connect({ servers: target.server.url });
    const seen: string[] = [];
    nc.subscribe("drained", { callback: (_error, message) => void seen.push(message.string()) });
    await nc.flush();
    for (let index = 0; index < 100; index++) other.publish("drained", String(index));
    await other.flush();
    await nc.drain();
    assert.equal(seen.length, 100);
    assert.ok(nc.isClosed());
    await other.close();
  });

  test("comes back with its subscriptions after the server was restarted", async () => {
    await using server = await target.start();
    const nc = await connect({
      servers: server.url,
      reconnectTimeWait: 20,
      maxReconnectAttempts: -1,
      ignoreClusterUpdates: true,
    });
    const subscription = nc.subscribe("survivor", { max: 1 });
    await nc.flush();
    const reconnected = statusEvent(nc, "reconnect");
    await server.restart("SIGTERM");
    await withDeadline(reconnected, () => "the reconnect");
    nc.publish("survivor", "x");
    assert.equal((await drainOf(subscription)).length, 1);
    await nc.close();
  });

  test("finds its connection closed when the server is told to stop, which exits with 0", async () => {
    const server = await target.start();
    const nc = await connect({ servers: server.url, reconnect: false });
    const exit = await server.stop("SIGTERM");
    assert.deepEqual(exit, { code: 0, signal: null });
    await withDeadline(nc.closed(), () => "the client to notice");
    await server.close();
  });
});

/** All messages of a subscription that ends by itself. */
function drainOf(subscription: Subscription): Promise<Msg[]> {
  const collect = async (): Promise<Msg[]> => {
    const messages: Msg[] = [];
    for await (const message of subscription) messages.push(message);
    return messages;
  };
  return withDeadline(collect(), () => `the messages of ${subscription.getSubject()}`);
}

async function statusEvent(nc: NatsConnection, type: string): Promise<void> {
  for await (const status of nc.status()) if (status.type === type) return;
}
