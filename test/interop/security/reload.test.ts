import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestServer } from "@oxbow/testkit/servers";
import { describeFrames, RawClient } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

/** Of `s3cret`, cost 4. */
const hash = "$2a$04$GT1YjGNYtIyBGuqQt7xRsekuUDxUYz4FZzysGOo64gIkqy2ZY8RNW";
const reloaded = /Reloaded server configuration/;
const violation = ["-ERR Authorization Violation"];

/** Users of `$G`: name, password, and more of the file's fields. */
const users = (...entries: readonly (readonly [string, string, string?])[]): string => {
  const lines = entries.map(([user, password, rest]) => {
    const more = rest === undefined ? "" : `, ${rest}`;
    return `{ user: ${user}, password: "${password}"${more} }`;
  });
  return `authorization { users: [ ${lines.join("\n")} ] }`;
};

const enter = async (server: TestServer, user: string, pass = "p"): Promise<RawClient> => {
  const client = await RawClient.open(server, { user, pass });
  assert.deepEqual(describeFrames(await client.flush()), []);
  return client;
};

onEachTarget(
  "what a reload means for those who are in",
  (target) => {
    test("a user that is gone is closed without a word", async () => {
      await using server = await target.start({ config: users(["ann", "p"], ["bob", "p"]) });
      await using ann = await enter(server, "ann");
      await using bob = await enter(server, "bob");
      assert.match(await server.reload(users(["bob", "p"])), reloaded);
      assert.deepEqual(describeFrames(await ann.untilClosed()), []);
      assert.deepEqual(describeFrames(await bob.flush()), []);
    });

    test("a password that has changed is a violation", async () => {
      await using server = await target.start({
        config: users(["ann", "p"], ["bob", hash], ["carl", hash]),
      });
      await using ann = await enter(server, "ann");
      await using bob = await enter(server, "bob", "s3cret");
      await using carl = await enter(server, "carl", "s3cret");
      const other = hash.replace("GT1Y", "GT1Z");
      assert.match(
        await server.reload(users(["ann", "x"], ["bob", other], ["carl", hash])),
        reloaded,
      );
      assert.deepEqual(describeFrames(await ann.untilClosed()), violation);
      assert.deepEqual(describeFrames(await bob.untilClosed()), violation);
      assert.deepEqual(describeFrames(await carl.flush()), []);
    });

    test("a user in another account is closed without a word", async () => {
      const account = (name: string): string =>
        `accounts { ${name} { users: [ { user: ann, password: p } ] } }`;
      await using server = await target.start({ config: account("A") });
      await using ann = await enter(server, "ann");
      assert.match(await server.reload(account("B")), reloaded);
      assert.deepEqual(describeFrames(await ann.untilClosed()), []);
      await using again = await enter(server, "ann");
      assert.equal((await again.laterInfo())["remote_account"], "B");
    });

    test("credentials that are needed now are missed", async () => {
      await using server = await target.start({ config: "" });
      await using client = await RawClient.open(server);
      await client.flush();
      assert.match(await server.reload("authorization { token: t }"), reloaded);
      assert.deepEqual(describeFrames(await client.untilClosed()), violation);
      await using other = await RawClient.open(server, { auth_token: "t" });
      assert.deepEqual(describeFrames(await other.flush()), []);
      assert.match(await server.reload(""), reloaded);
      assert.deepEqual(describeFrames(await other.flush()), []);
    });

    test("subscriptions that are not permitted any more end, with an error each", async () => {
      await using server = await target.start({ config: users(["ann", "p"], ["bob", "p"]) });
      await using ann = await enter(server, "ann");
      ann.send("SUB a 1", "SUB b workers 2", "SUB c.* 3");
      await ann.flush();
      const rest = `permissions: { publish: { deny: x }, subscribe: { allow: "c.>", deny: "c.x" } }`;
      assert.match(await server.reload(users(["ann", "p", rest], ["bob", "p"])), reloaded);
      // In any order: nats-server keeps them in a map.
      assert.deepEqual(describeFrames(await ann.take(2)).toSorted(), [
        '-ERR Permissions Violation for Subscription to "a" (sid "1")',
        '-ERR Permissions Violation for Subscription to "b" using queue "workers" (sid "2")',
      ]);
      await using bob = await enter(server, "bob");
      for (const subject of ["a", "b", "c.x", "c.y"]) bob.publish(subject);
      await bob.flush();
      assert.deepEqual(describeFrames(await ann.flush()), ["MSG c.y sid=3 "]);
      ann.publish("x");
      assert.deepEqual(describeFrames(await ann.flush()), [
        '-ERR Permissions Violation for Publish to "x"',
      ]);
      assert.match(await server.reload(users(["ann", "p"], ["bob", "p"])), reloaded);
      ann.publish("x");
      ann.send("SUB a 1");
      assert.deepEqual(describeFrames(await ann.flush()), []);
    });

    test("a smaller payload holds at once", async () => {
      await using server = await target.start({ config: "max_payload: 1000" });
      await using client = await RawClient.open(server);
      await client.flush();
      assert.match(await server.reload("max_payload: 100"), reloaded);
      client.send("PUB a 101");
      assert.deepEqual(describeFrames(await client.untilClosed()), [
        "-ERR Maximum Payload Violation",
      ]);
    });

    test("connections that are too many are closed", async () => {
      await using server = await target.start({ config: "max_connections: 10" });
      const clients = [await RawClient.open(server), await RawClient.open(server)];
      for (const client of clients) await client.flush();
      assert.match(await server.reload("max_connections: 1"), reloaded);
      const ends = await Promise.all(
        clients.map(async (client) => {
          client.send("PING");
          const frame = await client.next();
          return frame.kind === "pong" ? "stays" : describeFrames([frame])[0];
        }),
      );
      assert.deepEqual(ends.toSorted(), ["-ERR maximum connections exceeded", "stays"]);
      for (const client of clients) await client.close();
    });
  },
  { concurrent: true },
);
