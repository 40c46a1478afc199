import assert from "node:assert/strict";
import { test } from "node:test";
import { describeFrames, RawClient } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

/** Control lines whose arguments are wrong; the server closes the connection and says nothing. */
const MALFORMED: readonly [string, string][] = [
  ["a size that is no number", "PUB a x\r\n"],
  ["a negative size", "PUB a -1\r\n"],
  ["PUB with four arguments", "PUB a b c 1\r\nx\r\n"],
  ["PUB without a size", "PUB a\r\n"],
  ["SUB without a sid", "SUB a\r\n"],
  ["SUB with four arguments", "SUB a b c d\r\n"],
  ["HPUB with a header longer than the total", "HPUB a 14 12\r\nNATS/1.0\r\n\r\n\r\n"],
  ["HPUB with one size", "HPUB a 12\r\n"],
];

onEachTarget("framing", (target) => {
  test("a conversation cut into single bytes is understood", async () => {
    await using client = await RawClient.open(target.server);
    await client.flush();
    const header = "NATS/1.0\r\nA: b\r\n\r\n";
    const text =
      "SUB cut.> 1\r\nPUB cut.a 5\r\nhello\r\n" +
      `HPUB cut.b r ${header.length} ${header.length + 2}\r\n${header}hi\r\nPUB cut.c 0\r\n\r\n`;
    for (const byte of Buffer.from(text)) client.write(Uint8Array.of(byte));
    assert.deepEqual(describeFrames(await client.flush()), [
      "MSG cut.a sid=1 hello",
      `MSG cut.b sid=1 reply=r ${JSON.stringify(header)} hi`,
      "MSG cut.c sid=1 ",
    ]);
  });

  test("many commands in one chunk are all carried out", async () => {
    await using client = await RawClient.open(target.server);
    const inbox = client.subscribe("bulk");
    client.write("PUB bulk 2\r\nhi\r\n".repeat(5000));
    await client.flush();
    assert.equal(inbox.arrived.length, 5000);
  });

  test("payloads may contain any bytes", async () => {
    await using client = await RawClient.open(target.server);
    const inbox = client.subscribe("bytes");
    const bytes = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
    client.publish("bytes", bytes);
    client.publish("bytes", "PUB x 1\r\n+OK\r\nPING\r\n");
    await client.flush();
    assert.deepEqual(inbox.arrived[0]?.body, Buffer.from(bytes));
    assert.equal(inbox.arrived[1]?.body.toString(), "PUB x 1\r\n+OK\r\nPING\r\n");
  });

  test("a payload of a mebibyte arrives whole", async () => {
    await using client = await RawClient.open(target.server);
    const inbox = client.subscribe("large");
    const payload = Buffer.alloc(1024 * 1024, "abcdefghij");
    client.publish("large", payload);
    assert.ok((await inbox.next()).body.equals(payload));
  });

  test("verbs may be in lower case, fields apart by tabs and blanks, lines end in LF", async () => {
    await using client = await RawClient.open(target.server);
    client.write("sub\tloose.a \t 1\npub  loose.a\t 2\r\nhi\r\nPuB loose.a 1\nx\r\n");
    assert.deepEqual(describeFrames(await client.flush()), [
      "MSG loose.a sid=1 hi",
      "MSG loose.a sid=1 x",
    ]);
  });

  for (const [what, text] of MALFORMED) {
    test(`${what} closes the connection without an error line`, async () => {
      await using client = await RawClient.open(target.server);
      client.write(text);
      assert.deepEqual(await client.untilClosed(), []);
    });
  }

  for (const text of ["FOO", "MSG a 1 2\r\nhi", "LS+ a", "RS+ a", "PUBX a 1", "UNSUB"]) {
    test(`${JSON.stringify(text)} from a client is an unknown operation`, async () => {
      await using client = await RawClient.open(target.server);
      client.send(text);
      assert.deepEqual(describeFrames(await client.untilClosed()), [
        "-ERR Unknown Protocol Operation",
      ]);
    });
  }

  test("a payload that does not end in CRLF is an unknown operation", async () => {
    await using client = await RawClient.open(target.server);
    client.send("PUB a 2", "hix");
    assert.deepEqual(describeFrames(await client.untilClosed()), [
      "-ERR Unknown Protocol Operation",
    ]);
  });

  test("HPUB from a client without header support closes the connection", async () => {
    await using client = await RawClient.open(target.server, {
      headers: false,
      no_responders: false,
    });
    client.publish("a", "hi", { headers: { A: "b" } });
    assert.deepEqual(await client.untilClosed(), []);
  });

  test("+OK from a client is ignored, -ERR from a client closes the connection", async () => {
    await using client = await RawClient.open(target.server);
    client.send("+OK");
    assert.deepEqual(await client.flush(), []);
    client.send("-ERR 'x'");
    assert.deepEqual(await client.untilClosed(), []);
  });

  test("each PING is answered by one PONG", async () => {
    await using client = await RawClient.open(target.server);
    client.send("PING", "PING", "ping");
    const frames = await client.take(3);
    assert.deepEqual(describeFrames(frames), ["PONG", "PONG", "PONG"]);
  });
});
