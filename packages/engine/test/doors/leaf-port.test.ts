import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { LeafnodeOptions } from "../../src/options/transports.ts";
import { connectLine, openEngine } from "../connection/open-engine.ts";
import type { ManualSocket } from "../connection/test-host.ts";

const tls = { certificates: [{ certificate: "certificate", key: "key" }] };
const unsupported = "-ERR 'leaf node connections are not supported by this server'\r\n";
const wrongPort = "-ERR 'attempted to connect to leaf node port'\r\n";
const leafConnect = `CONNECT ${JSON.stringify({ version: "2.14.0", server_id: "N", name: "S", protocol: 3 })}\r\n`;

async function arrive(
  leafnodes: Partial<LeafnodeOptions> = {},
): Promise<Awaited<ReturnType<typeof openEngine>> & { leaf: ManualSocket; greeting: string }> {
  const options = { host: "127.0.0.1", port: 7422, ...leafnodes };
  const opened = await openEngine({ listen: undefined, leafnodes: options });
  const leaf = opened.host.connect();
  return { ...opened, leaf, greeting: leaf.take() };
}

test("the port greets as one for leaf nodes does", async () => {
  const { engine, greeting } = await arrive();
  const info = JSON.parse(greeting.slice(5));
  assert.deepEqual(info, {
    server_id: engine.info.id,
    server_name: engine.info.name,
    version: info.version,
    proto: 3,
    go: info.go,
    host: "127.0.0.1",
    port: 7422,
    headers: true,
    auth_required: true,
    max_payload: 1024 * 1024,
    ip: "127.0.0.1:7422",
    client_id: 1,
    nonce: info.nonce,
    api_lvl: info.api_lvl,
    info_on_connect: true,
    leafnode_urls: ["127.0.0.1:7422"],
  });
  assert.match(info.nonce, /^[\w-]{15}$/);
  assert.deepEqual(engine.addresses.leafnodes, { host: "127.0.0.1", port: 7422 });
});

test("on all addresses, the first that others can reach is told", async () => {
  const { host } = await arrive({ host: "0.0.0.0" });
  assert.match(host.connect().take(), /"ip":"0\.0\.0\.0:7422"/);
  host.net.addresses = ["2001:db8::1", "10.0.0.1"];
  assert.match(host.connect().take(), /"leafnode_urls":\["\[2001:db8::1\]:7422"\]/);
});

test("servers are refused because they cannot join, clients because it is the wrong port", async () => {
  for (const [line, answer] of [
    [leafConnect, unsupported],
    [connectLine({ lang: "test" }), wrongPort],
    ["CONNECT nonsense\r\n", ""],
    ["PING\r\n", "-ERR 'Authorization Violation'\r\n"],
    ["INFO {}\r\n", "-ERR 'Authorization Violation'\r\n"],
    [`CONNECT ${"x".repeat(20_000)}\r\n`, "-ERR 'maximum control line exceeded'\r\n"],
  ] as const) {
    const { host, leaf } = await arrive();
    assert.equal(leaf.send(line, 50), answer);
    assert.ok(leaf.isEnded);
    assert.equal(leaf.send(leafConnect), "");
    assert.equal(host.clock.timerCount, 0);
  }
});

test("who says nothing is sent away in time", async () => {
  for (const authTimeoutMs of [undefined, 300]) {
    const { host, leaf } = await arrive({ authTimeoutMs });
    host.clock.advance((authTimeoutMs ?? 2_000) - 1);
    assert.equal(leaf.take(), "");
    host.clock.advance(1);
    assert.equal(leaf.take(), "-ERR 'Authentication Timeout'\r\n");
  }
});

test("with TLS, the refusal comes encrypted", async () => {
  for (const handshakeFirst of [false, true]) {
    const { host, leaf, greeting } = await arrive({
      tls: { ...tls, verify: true, handshakeFirst },
    });
    leaf.send("\x16\x03\x01");
    const secure = leaf.secure(undefined);
    assert.ok(secure.isDestroyed);
    assert.equal(greeting === "", handshakeFirst);
    const plain = host.connect();
    plain.take();
    assert.equal(plain.send(leafConnect), "-ERR 'Secure Connection - TLS Required'\r\n");
  }
  const { leaf, greeting, engine } = await arrive({ tls });
  assert.match(greeting, /"tls_required":true/);
  leaf.send("\x16\x03\x01");
  const secure = leaf.secure();
  assert.equal(secure.take(), "");
  assert.equal(secure.send(leafConnect), unsupported);
  const options = engine.options;
  const leafnodes = { ...options.leafnodes, host: "127.0.0.1", port: 7422, tls: undefined };
  const outcome = await engine.reload({ ...options, leafnodes });
  assert.deepEqual(outcome, { applied: ["leafnodes.tls"], refused: [] });
});

test("those at the port leave with the server", async () => {
  const { engine, leaf, host } = await arrive();
  await engine.close();
  assert.ok(leaf.isDestroyed);
  assert.equal(host.clock.timerCount, 0);
});

test("whatever comes in whatever chunks, it ends in a refusal or a timeout", async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      leafConnect,
      connectLine(),
      "PING\r\n",
      "LS+ a\r\n",
      "INFO {}\r\n",
      "CONNECT {",
    ),
    fc.string({ unit: "binary", maxLength: 30 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 6 }),
      fc.integer({ min: 1, max: 20 }),
      async (pieces, size) => {
        const { host, leaf, engine } = await arrive();
        for (const text of pieces) leaf.send(text, size);
        host.clock.advance(2_000);
        assert.ok(leaf.isEnded);
        assert.equal(engine.stats().connections, 0);
        assert.equal(host.clock.timerCount, 0);
      },
    ),
    { numRuns: 300 },
  );
});
