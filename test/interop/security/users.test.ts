import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createUser } from "@nats-io/nkeys";
import { type ConnectionOptions, connect, nkeyAuthenticator } from "@nats-io/transport-node";
import { eventually, patient } from "../support/deadline.ts";
import { describeFrames, RawClient } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

const violation = ["-ERR Authorization Violation"];
const owner = createUser();
/** Of `s3cret`, cost 4, as all three kinds. */
const hash = "04$GT1YjGNYtIyBGuqQt7xRsekuUDxUYz4FZzysGOo64gIkqy2ZY8RNW";

const accounts = `
max_subscription_tokens: 3
accounts {
  A {
    users: [
      { user: ann, password: "$2a$${hash}" }
      { user: abe, password: "$2y$${hash}" }
      { user: web, password: p, allowed_connection_types: ["WEBSOCKET"] }
      { nkey: ${owner.getPublicKey()} }
    ]
    default_permissions: { publish: { deny: "no" } }
  }
  B {
    users: [ { user: bob, password: plain, permissions: { publish: { deny: "x" } } } ]
    limits: { max_connections: 1, max_subscriptions: 2, max_payload: 100 }
  }
  SYS { users: [ { user: admin, password: p } ] }
}
system_account: SYS
`;

onEachTarget(
  "users of accounts",
  (target) => {
    const enter = (fields: Record<string, unknown>): Promise<RawClient> =>
      RawClient.open(target.server, fields);
    const official = (options: ConnectionOptions) =>
      connect({ servers: target.server.url, reconnect: false, ...options });

    test("come in with passwords that are only known as hashes", async () => {
      for (const user of ["ann", "abe"]) {
        await using client = await enter({ user, pass: "s3cret" });
        assert.deepEqual(describeFrames(await client.flush()), []);
        assert.equal((await client.laterInfo())["remote_account"], "A");
        await using wrong = await enter({ user, pass: "secret" });
        assert.deepEqual(describeFrames(await wrong.untilClosed()), violation);
        await using same = await enter({ user, pass: `$2a$${hash}` });
        assert.deepEqual(describeFrames(await same.untilClosed()), violation);
      }
    });

    test("nothing behind CONNECT overtakes the check", async () => {
      await using client = await RawClient.dial(target.server);
      const connect = JSON.stringify({ user: "ann", pass: "s3cret", verbose: false });
      client.send(`CONNECT ${connect}`, "SUB a 1", "PUB a 2", "hi", "PING");
      assert.deepEqual(describeFrames(await client.take(2)), ["MSG a sid=1 hi", "PONG"]);
      await using wrong = await RawClient.dial(target.server);
      wrong.send(`CONNECT ${connect.replace("s3cret", "x")}`, "SUB a 1", "PUB a 2", "hi", "PING");
      assert.deepEqual(describeFrames(await wrong.untilClosed()), violation);
    });

    test("come in with keys, and without a signature do not", async () => {
      const nkey = owner.getPublicKey();
      const client = await official({ authenticator: nkeyAuthenticator(owner.getSeed()) });
      const context = await client.request("$SYS.REQ.USER.INFO", "", patient);
      assert.equal((context.json() as { data: { user: string } }).data.user, nkey);
      await client.close();
      const stranger = createUser();
      await assert.rejects(official({ authenticator: nkeyAuthenticator(stranger.getSeed()) }));
      await using unsigned = await RawClient.dial(target.server);
      assert.match(String(unsigned.info["nonce"]), /^[\w-]{15}$/);
      unsigned.connect({ nkey });
      assert.deepEqual(describeFrames(await unsigned.untilClosed()), violation);
      for (const sig of ["", "AAAA", "!", "A".repeat(86)]) {
        await using wrong = await enter({ nkey, sig });
        assert.deepEqual(describeFrames(await wrong.untilClosed()), violation);
      }
    });

    test("have the permissions of their account unless they have their own", async () => {
      const text = (subject: string): string[] => [
        `-ERR Permissions Violation for Publish to "${subject}"`,
      ];
      await using ann = await enter({ user: "ann", pass: "s3cret" });
      ann.publish("no");
      ann.publish("x");
      assert.deepEqual(describeFrames(await ann.flush()), text("no"));
    });

    test("are bound to doors", async () => {
      await using client = await enter({ user: "web", pass: "p" });
      assert.deepEqual(describeFrames(await client.untilClosed()), violation);
    });

    test("see what is in their own account only", async () => {
      await using ann = await enter({ user: "ann", pass: "s3cret" });
      await using admin = await enter({ user: "admin", pass: "p" });
      const inbox = ann.subscribe("shared");
      await ann.flush();
      admin.publish("shared");
      await admin.flush();
      await ann.flush();
      assert.equal(inbox.arrived.length, 0);
      assert.equal((await ann.laterInfo())["acc_is_sys"], undefined);
      assert.equal((await admin.laterInfo())["acc_is_sys"], true);
    });

    test("are refused without credentials, or with wrong ones of any kind", async () => {
      for (const fields of [
        {},
        { user: "ann" },
        { user: "" },
        { user: "nobody", pass: "s3cret" },
        { auth_token: "s3cret" },
        { nkey: "U" },
        { jwt: "x.y.z", sig: "x" },
        { user: "bob", pass: "plain", account: "A" },
        { user: "bob", pass: "plain", new_account: true },
      ]) {
        await using client = await enter(fields);
        assert.deepEqual(describeFrames(await client.untilClosed()), violation);
      }
    });

    test("a subject of a subscription may not have too many tokens", async () => {
      await using client = await enter({ user: "ann", pass: "s3cret" });
      client.send("SUB a.b.c 1", "SUB a.b.c.d 2", "SUB a.b.c.> q 3");
      assert.deepEqual(describeFrames(await client.flush()), [
        '-ERR Permissions Violation for Subscription to "a.b.c.d", too many tokens',
        '-ERR Permissions Violation for Subscription to "a.b.c.>", too many tokens',
      ]);
    });

    suite("within the limits of their account", () => {
      test("connect, subscribe and publish", async () => {
        const fields = { user: "bob", pass: "plain" };
        await using client = await enter(fields);
        client.send("SUB a 1", "SUB b 2", "SUB c 3");
        assert.deepEqual(describeFrames(await client.flush()), [
          "-ERR maximum subscriptions exceeded",
        ]);
        assert.equal(client.info["max_payload"], 1024 * 1024);
        assert.equal((await client.laterInfo())["max_payload"], 100);
        await using second = await enter(fields);
        assert.deepEqual(describeFrames(await second.untilClosed()), [
          "-ERR maximum account active connections exceeded",
        ]);
        // The same client again takes no second place.
        client.connect(fields);
        assert.deepEqual(describeFrames(await client.flush()), []);
        client.send("PUB a 101");
        assert.deepEqual(describeFrames(await client.untilClosed()), [
          "-ERR Maximum Payload Violation",
        ]);
        // The place is free a moment after the connection has ended.
        await eventually("a free place", async () => {
          await using third = await enter(fields);
          third.send("PING");
          const frame = await third.next().catch(() => undefined);
          return frame?.kind === "pong" ? true : undefined;
        });
      });
    });
  },
  { config: accounts },
);

onEachTarget(
  "no_auth_user",
  (target) => {
    test("is who a client is that shows nothing", async () => {
      await using client = await RawClient.dial(target.server);
      assert.equal(client.info["auth_required"], undefined);
      client.connect();
      assert.deepEqual(describeFrames(await client.flush()), []);
      assert.equal((await client.laterInfo())["remote_account"], "A");
    });

    test("needs no CONNECT", async () => {
      for (const first of ["PING", "SUB a 1", "PUB a 1\r\nx"]) {
        await using client = await RawClient.dial(target.server);
        client.send(first, "PING");
        const frames = describeFrames(await client.take(first === "PING" ? 2 : 1));
        assert.ok(
          frames.every((frame) => frame === "PONG" || frame === "+OK"),
          String(frames),
        );
      }
    });

    test("is not who a client is that shows something wrong", async () => {
      for (const fields of [{ user: "x" }, { pass: "x" }, { auth_token: "x" }, { user: "ann" }]) {
        await using client = await RawClient.open(target.server, fields);
        assert.deepEqual(describeFrames(await client.untilClosed()), violation);
      }
    });

    test("leaves others their names", async () => {
      await using client = await RawClient.open(target.server, { user: "bob", pass: "b" });
      await client.flush();
      assert.equal((await client.laterInfo())["remote_account"], "B");
    });
  },
  {
    config: `
      accounts {
        A { users: [ { user: ann, password: a } ] }
        B { users: [ { user: bob, password: b } ] }
      }
      no_auth_user: ann
    `,
  },
);

onEachTarget(
  "users of the system account alone",
  (target) => {
    test("leave the door open for all others", async () => {
      await using client = await RawClient.dial(target.server);
      assert.equal(client.info["auth_required"], true);
      client.connect();
      assert.deepEqual(describeFrames(await client.flush()), []);
      assert.equal((await client.laterInfo())["remote_account"], "$G");
      const answer = await client.request("$SYS.REQ.USER.INFO");
      assert.match(JSON.parse(answer.body.toString()).data.user, /^nats-\w{8}$/);
      await using admin = await RawClient.open(target.server, { user: "admin", pass: "p" });
      await admin.flush();
      assert.equal((await admin.laterInfo())["acc_is_sys"], true);
      await using wrong = await RawClient.open(target.server, { user: "admin", pass: "x" });
      assert.deepEqual(describeFrames(await wrong.untilClosed()), violation);
    });
  },
  { config: "accounts { $SYS { users: [ { user: admin, password: p } ] } }" },
);

onEachTarget(
  "a token of which only the hash is known",
  (target) => {
    test("lets in who has it", async () => {
      await using client = await RawClient.open(target.server, { auth_token: "s3cret" });
      assert.deepEqual(describeFrames(await client.flush()), []);
      const answer = await client.request("$SYS.REQ.USER.INFO");
      assert.equal(JSON.parse(answer.body.toString()).data.user, "[REDACTED]");
      await using wrong = await RawClient.open(target.server, { auth_token: `$2a$${hash}` });
      assert.deepEqual(describeFrames(await wrong.untilClosed()), violation);
    });
  },
  { config: `authorization { token: "$2a$${hash}" }` },
);

const proxy = createUser();

onEachTarget(
  "a trusted proxy",
  (target) => {
    /** Connects as a proxy would, which signs the nonce for its client. */
    const enter = async (fields: Record<string, unknown>, signer?: typeof proxy) => {
      const client = await RawClient.dial(target.server);
      const nonce = Buffer.from(String(client.info["nonce"]));
      const signature = signer && Buffer.from(signer.sign(nonce)).toString("base64url");
      client.connect({ ...fields, ...(signature && { proxy_sig: signature }) });
      return client;
    };
    const ann = { user: "ann", pass: "a" };
    const bob = { user: "bob", pass: "b" };

    test("may be required of a user", async () => {
      await using direct = await enter(ann);
      assert.deepEqual(describeFrames(await direct.untilClosed()), violation);
      await using proxied = await enter(ann, proxy);
      assert.deepEqual(describeFrames(await proxied.flush()), []);
    });

    test("may bring others too, but nobody else may say that it is one", async () => {
      for (const signer of [undefined, proxy]) {
        await using client = await enter(bob, signer);
        assert.deepEqual(describeFrames(await client.flush()), []);
      }
      await using client = await enter(bob, createUser());
      assert.deepEqual(describeFrames(await client.untilClosed()), violation);
    });
  },
  {
    config: `
      proxies { trusted: [ { key: ${proxy.getPublicKey()} } ] }
      authorization { users: [
        { user: ann, password: a, proxy_required: true }
        { user: bob, password: b }
      ] }
    `,
  },
);
