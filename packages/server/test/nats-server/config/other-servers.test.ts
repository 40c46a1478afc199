import assert from "node:assert/strict";
import { test } from "node:test";
import { configOf, errorsOf, readText } from "./read-text.ts";

test("a cluster without routes is passed over, which the log says", () => {
  const { errors, notes } = readText(
    "cluster { name: c, listen: '127.0.0.1:-1', pool_size: 3, compression: off }",
  );
  assert.deepEqual([errors, notes.length], [[], 1]);
  assert.match(notes[0] ?? "", /^cluster: Oxbow is one node/);
});

test("a cluster with routes is refused, in the file and as a flag", () => {
  const refusal = /cluster routes: not supported: Oxbow is one node/;
  assert.match(
    errorsOf("cluster { listen: 1, routes: [ 'nats://127.0.0.1:2' ] }")[0] ?? "",
    refusal,
  );
  assert.match(errorsOf("", { flags: ["--routes", "nats://127.0.0.1:2"] })[0] ?? "", refusal);
  assert.deepEqual(errorsOf("", { flags: ["--cluster", "nats://127.0.0.1:2"] }), []);
});

test("a gateway may name itself, and no other", () => {
  const own = "gateway { name: a, listen: 1, gateways: [ { name: a, url: 'nats://h:1' } ] }";
  assert.deepEqual(errorsOf(own), []);
  assert.equal(errorsOf(own.replace("{ name: a, url", "{ name: b, url")).length, 1);
});

test("MQTT and links to other servers are refused", () => {
  assert.deepEqual(errorsOf("mqtt {}"), []);
  assert.match(errorsOf("mqtt { port: 1883 }")[0] ?? "", /^a\.conf:1:1: mqtt: not supported/);
  const remotes = "leafnodes { port: 1, remotes: [ { url: 'nats://h:1', disabled: false } ] }";
  assert.match(errorsOf(remotes)[0] ?? "", /leafnodes remotes: not supported/);
  assert.deepEqual(errorsOf(remotes.replace("false", "true")), []);
});

test("unknown keys of these blocks are told", () => {
  assert.deepEqual(errorsOf("cluster { nme: a }"), ['a.conf:1:11: unknown field "nme"']);
});

test("what is switched off asks for nothing", () => {
  const text = "ocsp: false\nprof_port: 0\nsyslog: false\nno_header_support: no";
  assert.deepEqual(readText(text).notes, []);
  assert.deepEqual(errorsOf(text), []);
});

test("what is not there is refused by name", () => {
  for (const text of [
    "ocsp: true",
    "prof_port: 1",
    "syslog: true",
    "no_header_support: true",
    "write_timeout: retry",
    "jetstream { tpm { keys_file: a } }",
    "default_js_domain { A: d }",
  ]) {
    assert.match(errorsOf(text)[0] ?? "", /not supported/, text);
  }
});

test("leaf nodes are let in by name and password or by key", () => {
  const { leafnodes } = configOf(
    "leafnodes { listen: ':-1', authorization { users: [ { user: a, password: b, account: A } ], timeout: 3 } }",
  ).engine;
  assert.deepEqual(JSON.parse(JSON.stringify(leafnodes)), {
    host: "0.0.0.0",
    port: 0,
    users: [{ user: "a", password: "b", account: "A" }],
    authTimeoutMs: 3000,
  });
});

test("the keys of an encrypted data directory", () => {
  const text = "jetstream { key: new, prev_key: old, cipher: AES }";
  const { encryption } = configOf(text).engine;
  assert.deepEqual(encryption, {
    key: Buffer.from("new"),
    previousKey: Buffer.from("old"),
    cipher: "aes-256-gcm",
  });
  assert.equal(configOf("jetstream { ek: a }").engine.encryption?.cipher, "chacha20-poly1305");
  assert.equal(configOf("jetstream {}").engine.encryption, undefined);
  assert.match(
    errorsOf("jetstream { key: a, cipher: rot13 }")[0] ?? "",
    /Unknown cipher type: "rot13"/,
  );
});
