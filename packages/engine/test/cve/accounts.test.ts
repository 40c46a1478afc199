import assert from "node:assert/strict";
import { test } from "node:test";
import { connectLine, openEngine } from "../connection/open-engine.ts";
import { messages, pub } from "../routing/support/accounts.ts";

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((done) => void setImmediate(done));
}

test("class D (CVE-2025-30215, NATS 2026-17): nobody manages what another account has", async () => {
  const jetstream = { memoryBytesMax: 1e6 };
  const { engine, host } = await openEngine({
    jetstream: { enabled: true },
    accounts: [
      { name: "A", users: [{ user: "a", password: "a" }], jetstream },
      { name: "B", users: [{ user: "b", password: "b" }], jetstream },
    ],
  });
  const owner = host.connect();
  owner.send(`${connectLine({ user: "a", pass: "a" })}SUB _INBOX.> 1\r\n`);
  const create = { name: "S", subjects: ["s.>"], storage: "memory" };
  const consumer = { stream_name: "S", config: { durable_name: "c", ack_policy: "explicit" } };
  owner.send(pub("$JS.API.STREAM.CREATE.S", JSON.stringify(create), "_INBOX.1"));
  await settle();
  owner.send(pub("$JS.API.CONSUMER.CREATE.S.c", JSON.stringify(consumer), "_INBOX.2"));
  owner.send(pub("s.a", "secret", "_INBOX.3"));
  await settle();
  assert.equal(
    messages(owner.take()).filter(({ payload }) => payload.includes('"error"')).length,
    0,
  );
  const stranger = host.connect();
  stranger.send(`${connectLine({ user: "b", pass: "b" })}SUB > 1\r\n`);
  for (const request of [
    "STREAM.INFO.S",
    "STREAM.UPDATE.S",
    "STREAM.DELETE.S",
    "STREAM.PURGE.S",
    "STREAM.MSG.GET.S",
    "STREAM.MSG.DELETE.S",
    "STREAM.SNAPSHOT.S",
    "STREAM.PEER.REMOVE.S",
    "STREAM.LEADER.STEPDOWN.S",
    "CONSUMER.INFO.S.c",
    "CONSUMER.DELETE.S.c",
    "CONSUMER.PAUSE.S.c",
    "CONSUMER.RESET.S.c",
    "CONSUMER.UNPIN.S.c",
    "CONSUMER.CREATE.S.d",
    "CONSUMER.MSG.NEXT.S.c",
    "DIRECT.GET.S.s.a",
  ]) {
    const body = JSON.stringify({
      ...create,
      ...consumer,
      seq: 1,
      group: "g",
      deliver_subject: "d",
    });
    stranger.send(pub(`$JS.API.${request}`, body, "reply.x"));
  }
  stranger.send(pub("$JS.ACK.S.c.1.1.1.1.1", "+ACK"));
  stranger.send(pub("s.a", "forged"));
  await settle();
  const heard = stranger.take();
  assert.doesNotMatch(heard, /secret/);
  assert.doesNotMatch(heard, /"success":true/);
  owner.take();
  owner.send(pub("$JS.API.STREAM.INFO.S", "", "_INBOX.4"));
  await settle();
  const info = JSON.parse(messages(owner.take())[0]?.payload ?? "{}");
  assert.deepEqual([info.state?.messages, info.state?.consumer_count], [1, 1]);
  for (const client of [owner, stranger]) client.closeByPeer();
  await engine.destroy();
});

test("class D (CVE-2022-29946): who may not subscribe gets it by no other way", async () => {
  const { host } = await openEngine({
    accounts: [
      {
        name: "A",
        users: [
          { user: "ann", password: "a" },
          {
            user: "bob",
            password: "b",
            permissions: {
              subscribe: { allow: [">"], deny: ["secret.>", "work q"] },
              publish: { deny: ["secret.>"] },
            },
          },
        ],
      },
    ],
  });
  const ann = host.connect();
  ann.send(connectLine({ user: "ann", pass: "a" }));
  for (const line of [
    "SUB > 1",
    "SUB *.x 1",
    "SUB secret.* 1",
    "SUB secret.x q 1",
    "SUB *.> q 1",
  ]) {
    const bob = host.connect();
    bob.send(`${connectLine({ user: "bob", pass: "b" })}${line}\r\n`);
    ann.send(pub("secret.x", "secret"));
    ann.send(pub("open.x", "open"));
    const heard = bob.take();
    assert.doesNotMatch(heard, /MSG secret/, line);
    const answer = bob.send(pub("secret.x", "forged"));
    assert.match(answer, /Permissions Violation for Publish to "secret\.x"/);
    bob.closeByPeer();
  }
});
