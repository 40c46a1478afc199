import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { serverTarget } from "../../src/client/options.ts";
import { UsageError } from "../../src/failures.ts";

suite("the server to use", () => {
  test("is the local one by default", () => {
    assert.deepEqual(serverTarget({}, {}), {
      servers: ["127.0.0.1:4222"],
      user: undefined,
      password: undefined,
      token: undefined,
      timeoutMs: 5000,
    });
  });

  test("comes from the option, else from OXBOW_URL", () => {
    const environment = { OXBOW_URL: "nats://a:1" };
    assert.deepEqual(serverTarget({}, environment).servers, ["a:1"]);
    assert.deepEqual(serverTarget({ server: "b" }, environment).servers, ["b:4222"]);
    assert.deepEqual(serverTarget({ server: "nats://a, b:2" }, {}).servers, ["a:4222", "b:2"]);
    assert.deepEqual(serverTarget({ server: "[::1]:5" }, {}).servers, ["[::1]:5"]);
  });

  test("is refused when it is no address", () => {
    for (const server of ["http://a", "nats://", "a b", "nats://a/b", ""]) {
      assert.throws(() => serverTarget({ server }, {}), UsageError, server);
    }
  });
});

suite("credentials", () => {
  const environment = { OXBOW_USER: "eu", OXBOW_PASSWORD: "ep", OXBOW_TOKEN: "" };

  test("come from options, the URL and the environment, in this order", () => {
    const inUrl = { server: "nats://uu:u%40p@a" };
    const { user, password } = serverTarget(inUrl, environment);
    assert.deepEqual([user, password], ["uu", "u@p"]);
    const given = serverTarget({ ...inUrl, user: "ou", password: "op" }, environment);
    assert.deepEqual([given.user, given.password], ["ou", "op"]);
    const fallback = serverTarget({}, environment);
    assert.deepEqual([fallback.user, fallback.password], ["eu", "ep"]);
  });

  test("a name alone in the URL is a token, and a token leaves no user", () => {
    const target = serverTarget({ server: "nats://secret@a" }, environment);
    assert.deepEqual([target.token, target.user], ["secret", undefined]);
  });
});
