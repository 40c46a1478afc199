import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readConnect } from "../../src/memphis/credentials.ts";

const userOf = (user: string): string | undefined =>
  readConnect(JSON.stringify({ user }))?.credentials.user;

describe("credentials of a client of Memphis", () => {
  test("are those of the engine, but for the account", () => {
    const given = { user: "root$1", pass: "secret", name: "id::root", protocol: 1 };
    const request = readConnect(JSON.stringify(given));
    assert.deepEqual(request?.credentials, { user: "root", password: "secret" });
    assert.equal(request?.connectionId, "id");
    assert.equal(
      request?.frame.toString(),
      `CONNECT ${JSON.stringify({ ...given, user: "root" })}\r\n`,
    );
  });

  test("can be a token", () => {
    const request = readConnect('{"auth_token":"t","name":"nats"}');
    assert.deepEqual(request?.credentials, { token: "t" });
    assert.equal(request?.connectionId, undefined);
  });

  test("keep another account in the name, which no user has", () => {
    assert.equal(userOf("root$2"), "root$2");
    assert.equal(userOf("root$<account-id>"), "root$<account-id>");
    assert.equal(userOf("$1"), "$1");
    assert.equal(userOf("a$b$1"), "a$b");
  });

  test("may be anything", () => {
    assert.equal(readConnect("no JSON"), undefined);
    assert.equal(readConnect("[]"), undefined);
    assert.deepEqual(readConnect('{"user":5,"pass":{}}')?.credentials, {});
    fc.assert(fc.property(fc.json(), (text) => void readConnect(text)));
    fc.assert(fc.property(fc.string(), (text) => void readConnect(text)));
  });
});
