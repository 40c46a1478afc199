import assert from "node:assert/strict";
import { test } from "node:test";
import { describeFrames, RawClient } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("CONNECT", (target) => {
  test("verbose asks for +OK to CONNECT, PUB, HPUB, SUB and UNSUB, but not to PING", async () => {
    await using client = await RawClient.open(target.server, { verbose: true });
    client.send("SUB elsewhere 1", "PUB verbose.a 2", "hi");
    client.publish("verbose.a", "x", { headers: { A: "b" } });
    client.send("UNSUB 1");
    assert.deepEqual(describeFrames(await client.flush()), ["+OK", "+OK", "+OK", "+OK", "+OK"]);
  });

  test("verbose acknowledges a PUB before it delivers the message back", async () => {
    await using client = await RawClient.open(target.server, { verbose: true });
    client.send("SUB verbose.order 1", "PUB verbose.order 2", "hi");
    const frames = describeFrames(await client.flush());
    assert.deepEqual(frames, ["+OK", "+OK", "+OK", "MSG verbose.order sid=1 hi"]);
  });

  test("without verbose nothing is acknowledged", async () => {
    await using client = await RawClient.open(target.server);
    client.send("SUB quiet 1", "PUB other 2", "hi", "UNSUB 1");
    assert.deepEqual(await client.flush(), []);
  });

  test("{} means verbose and pedantic", async () => {
    await using client = await RawClient.dial(target.server);
    client.send("CONNECT {}", "PUB a.* 0", "");
    const frames = describeFrames(await client.flush());
    assert.deepEqual(frames, ["+OK", "-ERR Invalid Publish Subject", "+OK"]);
  });

  test("no CONNECT at all means verbose too", async () => {
    await using client = await RawClient.dial(target.server);
    client.send("SUB unconnected 1", "PUB unconnected 1", "x");
    const frames = describeFrames(await client.flush());
    assert.deepEqual(frames, ["+OK", "+OK", "MSG unconnected sid=1 x"]);
  });

  test("pedantic complains about a bad publish subject and stays open", async () => {
    await using client = await RawClient.open(target.server, { pedantic: true });
    client.send("PUB a..b 1", "x", "PUB a.* 1", "x", "PUB fine 1", "x");
    assert.deepEqual(describeFrames(await client.flush()), [
      "-ERR Invalid Publish Subject",
      "-ERR Invalid Publish Subject",
    ]);
  });

  test("pedantic still delivers the message it complained about", async () => {
    await using client = await RawClient.open(target.server, { pedantic: true });
    client.send("SUB pedantic.> 1", "PUB pedantic.* 1", "x");
    const frames = describeFrames(await client.flush());
    assert.deepEqual(frames.sort(), ["-ERR Invalid Publish Subject", "MSG pedantic.* sid=1 x"]);
  });

  test("echo false keeps a client's own messages from it, not from others", async () => {
    await using quiet = await RawClient.open(target.server, { echo: false });
    await using other = await RawClient.open(target.server);
    const mine = quiet.subscribe("echo.a");
    const grouped = quiet.subscribe("echo.a", "group");
    const theirs = other.subscribe("echo.a");
    await other.flush();
    quiet.publish("echo.a", "own");
    await quiet.flush();
    assert.equal((await theirs.next()).body.toString(), "own");
    other.publish("echo.a", "foreign");
    assert.equal((await mine.next()).body.toString(), "foreign");
    assert.equal((await grouped.next()).body.toString(), "foreign");
    assert.equal(mine.arrived.length + grouped.arrived.length, 0);
  });

  test("a protocol above 1 is refused and the connection closed", async () => {
    await using client = await RawClient.open(target.server, { protocol: 2 });
    assert.deepEqual(describeFrames(await client.untilClosed()), ["-ERR invalid client protocol"]);
  });

  test("no_responders without headers is refused and the connection closed", async () => {
    await using client = await RawClient.open(target.server, { headers: false });
    assert.deepEqual(describeFrames(await client.untilClosed()), [
      "-ERR no responders requires headers support",
    ]);
  });

  test("naming an account is an authorization violation", async () => {
    await using client = await RawClient.open(target.server, { account: "A" });
    assert.deepEqual(describeFrames(await client.untilClosed()), ["-ERR Authorization Violation"]);
  });

  test("JSON that does not parse closes the connection without a word", async () => {
    await using client = await RawClient.dial(target.server);
    client.send("CONNECT {x");
    assert.deepEqual(await client.untilClosed(), []);
  });

  test("fields nobody knows are ignored", async () => {
    await using client = await RawClient.open(target.server, { colour: "green", name: "n" });
    assert.deepEqual(await client.flush(), []);
  });

  test("a second CONNECT takes effect and drops the subscriptions of the first", async () => {
    await using client = await RawClient.open(target.server);
    const before = client.subscribe("again");
    await client.flush();
    client.connect({ verbose: true });
    client.publish("again", "x");
    assert.deepEqual(describeFrames(await client.flush()), ["+OK", "+OK"]);
    assert.deepEqual(before.arrived, []);
  });
});
