import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, errors } from "@nats-io/transport-node";
import { describeFrames, RawClient } from "../support/raw-client.ts";
import { onEachTarget, type Target } from "../support/targets.ts";

const VIOLATION = ["-ERR Authorization Violation"];

onEachTarget(
  "user and password",
  (target) => {
    test("let a client in that has them", async () => {
      await using client = await RawClient.open(target.server, { user: "ann", pass: "s3cret" });
      assert.deepEqual(await client.flush(), []);
    });

    for (const [what, fields] of [
      ["no credentials", {}],
      ["a wrong password", { user: "ann", pass: "secret" }],
      ["a wrong user", { user: "bob", pass: "s3cret" }],
      ["no password", { user: "ann" }],
      ["a token instead", { auth_token: "s3cret" }],
    ] as const) {
      test(`${what} is an authorization violation`, async () => {
        await using client = await RawClient.open(target.server, fields);
        assert.deepEqual(describeFrames(await client.untilClosed()), VIOLATION);
      });
    }

    for (const verb of ["PING", "SUB a 1", "PUB a 1\r\nx"]) {
      test(`${JSON.stringify(verb)} before CONNECT is an authorization violation`, async () => {
        await using client = await RawClient.dial(target.server);
        client.send(verb);
        assert.deepEqual(describeFrames(await client.untilClosed()), VIOLATION);
      });
    }

    test("a client that sends nothing is cut off after the timeout", async () => {
      const authorization = { user: "ann", password: "s3cret", timeoutMs: 300 };
      await using hasty = await target.start({ authorization });
      await using client = await RawClient.dial(hasty);
      assert.deepEqual(describeFrames(await client.untilClosed()), ["-ERR Authentication Timeout"]);
    });

    test("a second CONNECT with a wrong password ends the connection", async () => {
      await using client = await RawClient.open(target.server, { user: "ann", pass: "s3cret" });
      await client.flush();
      client.connect({ user: "ann", pass: "guess" });
      assert.deepEqual(describeFrames(await client.untilClosed()), VIOLATION);
    });

    officialClient(target, { user: "ann", pass: "s3cret" }, { user: "ann", pass: "no" });
  },
  { authorization: { user: "ann", password: "s3cret", timeoutMs: 20_000 }, concurrent: true },
);

onEachTarget(
  "token",
  (target) => {
    test("lets a client in that has it", async () => {
      await using client = await RawClient.open(target.server, { auth_token: "t0ken" });
      assert.deepEqual(await client.flush(), []);
    });

    for (const [what, fields] of [
      ["no token", {}],
      ["a wrong token", { auth_token: "token" }],
      ["the token as password", { user: "t0ken", pass: "t0ken" }],
    ] as const) {
      test(`${what} is an authorization violation`, async () => {
        await using client = await RawClient.open(target.server, fields);
        assert.deepEqual(describeFrames(await client.untilClosed()), VIOLATION);
      });
    }

    officialClient(target, { token: "t0ken" }, { token: "no" });
  },
  { authorization: { token: "t0ken" }, concurrent: true },
);

onEachTarget("no authentication", (target) => {
  test("lets everybody in, whatever credentials they bring", async () => {
    for (const fields of [{}, { user: "any", pass: "thing" }, { auth_token: "x" }]) {
      await using client = await RawClient.open(target.server, fields);
      assert.deepEqual(await client.flush(), []);
    }
  });
});

function officialClient(target: Target, right: object, wrong: object): void {
  test("the official client gets in with the right ones only", async () => {
    const servers = target.server.url;
    const nc = await connect({ servers, ...right });
    await nc.flush();
    await nc.close();
    await assert.rejects(connect({ servers, reconnect: false, ...wrong }), (error: Error) => {
      assert.ok(error instanceof errors.AuthorizationError, String(error));
      return true;
    });
  });
}
