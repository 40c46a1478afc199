import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccountOptions } from "../../src/options/accounts.ts";
import { connectClient, openEngine } from "../connection/open-engine.ts";
import type { ManualSocket } from "../connection/test-host.ts";
import {
  hpub,
  importService,
  importStream,
  message,
  messages,
  pub,
  type Received,
  service,
  stream,
} from "./support/accounts.ts";

/** A client of an account that has JetStream and lets others use it, and one of an account that does. */
async function open(): Promise<{ owner: ManualSocket; user: ManualSocket; advance: () => void }> {
  const accounts: AccountOptions[] = [
    {
      name: "OWNER",
      jetstream: true,
      users: [{ user: "owner", password: "x" }],
      exports: [
        service("$JS.API.>", { responseType: "stream" }),
        service("$JS.ACK.>"),
        service("orders.>"),
        service("$JS.FC.>"),
        stream("deliver.>"),
      ],
    },
    {
      name: "USER",
      users: [{ user: "user", password: "x" }],
      imports: [
        importService("OWNER", "$JS.API.>", { to: "IPA.>" }),
        importService("OWNER", "$JS.ACK.>"),
        importService("OWNER", "$JS.FC.>"),
        importService("OWNER", "orders.>"),
        importStream("OWNER", "deliver.>", { prefix: "from" }),
      ],
    },
  ];
  const { host } = await openEngine({ accounts, jetstream: { enabled: true } });
  const owner = connectClient(host, { user: "owner", pass: "x" });
  const user = connectClient(host, { user: "user", pass: "x" });
  owner.take();
  user.take();
  owner.send("SUB in.> 1\r\n");
  user.send("SUB in.> 1\r\n");
  return { owner, user, advance: () => host.clock.advance(1) };
}

/** What a request is answered. */
async function ask(client: ManualSocket, subject: string, body: unknown = ""): Promise<Received> {
  const payload = body === "" ? "" : JSON.stringify(body);
  let received = client.send(pub(subject, payload, "in.answer"));
  // Streams and consumers are made durable first.
  for (let turn = 0; turn < 20 && received === ""; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    received = client.take();
  }
  return message(received);
}

async function makeStream(client: ManualSocket, api: string): Promise<void> {
  const config = { name: "S", subjects: ["orders.>"], storage: "memory" };
  const answer = JSON.parse((await ask(client, `${api}.STREAM.CREATE.S`, config)).payload) as {
    error?: unknown;
  };
  assert.equal(answer.error, undefined);
}

async function makeConsumer(client: ManualSocket, api: string, config: object): Promise<void> {
  const request = { stream_name: "S", config: { durable_name: "C", ...config } };
  const subject = `${api}.CONSUMER.CREATE.S.C`;
  const answer = JSON.parse((await ask(client, subject, request)).payload) as { error?: unknown };
  assert.equal(answer.error, undefined);
}

test("an account uses the streams of another through its API", async () => {
  const { owner, user } = await open();
  await makeStream(user, "IPA");
  const ack = message(user.send(pub("orders.1", "hi", "in.ack")));
  assert.deepEqual(JSON.parse(ack.payload), { stream: "S", seq: 1 });
  owner.send(pub("orders.2", "ho"));
  const info = JSON.parse((await ask(user, "IPA.STREAM.INFO.S")).payload) as {
    state: { messages: number };
  };
  assert.equal(info.state.messages, 2);
});

test("what services are told of who asks is not stored", async () => {
  const { owner, user } = await open();
  await makeStream(owner, "$JS.API");
  user.send(hpub("orders.1", ["A: b"], "hi"));
  const got = JSON.parse((await ask(owner, "$JS.API.STREAM.MSG.GET.S", { seq: 1 })).payload) as {
    message: { hdrs: string };
  };
  assert.equal(Buffer.from(got.message.hdrs, "base64").toString(), "NATS/1.0\r\nA: b\r\n\r\n");
});

test("a fast batch goes through a service import", async () => {
  const { owner, user } = await open();
  const config = { name: "S", subjects: ["orders.>"], storage: "memory", allow_batched: true };
  await ask(owner, "$JS.API.STREAM.CREATE.S", config);
  const batched = (sequence: number, operation: number): string =>
    pub("orders.1", "x", `in.fast.ID.10.fail.${sequence}.${operation}.$FI`);
  user.send(batched(1, 0) + batched(2, 1));
  const answers = messages(user.send(batched(3, 2)));
  const last = JSON.parse(answers.at(-1)?.payload ?? "") as object;
  assert.deepEqual(last, { stream: "S", seq: 3, batch: "ID", count: 3 });
});

test("messages are pulled and acknowledged from another account", async () => {
  const { owner, user } = await open();
  await makeStream(owner, "$JS.API");
  await makeConsumer(owner, "$JS.API", { ack_policy: "explicit" });
  owner.send(pub("orders.1", "one") + pub("orders.2", "two"));
  const pulled = messages(user.send(pub("IPA.CONSUMER.MSG.NEXT.S.C", '{"batch":3}', "in.pull")));
  assert.deepEqual(
    pulled.map(({ subject, payload }) => [subject, payload]),
    [
      ["orders.1", "one"],
      ["orders.2", "two"],
    ],
  );
  assert.match(pulled[0]?.reply ?? "", /^\$JS\.ACK\.S\.C\.1\.1\.1\./);
  for (const { reply } of pulled) user.send(pub(reply, "+ACK", "in.acked"));
  owner.send(pub("orders.3", "three"));
  assert.equal(message(user.take().replace(/^.*?(MSG orders)/s, "$1")).payload, "three");
  const info = JSON.parse((await ask(owner, "$JS.API.CONSUMER.INFO.S.C")).payload) as {
    ack_floor: { stream_seq: number };
  };
  assert.equal(info.ack_floor.stream_seq, 2);
});

test("a request to pull ends with the interest in its messages", async () => {
  const { owner, user } = await open();
  await makeStream(owner, "$JS.API");
  await makeConsumer(owner, "$JS.API", { ack_policy: "explicit" });
  user.send("SUB gone 2\r\n");
  user.send(pub("IPA.CONSUMER.MSG.NEXT.S.C", '{"batch":3}', "gone"));
  user.send("UNSUB 2\r\n");
  owner.send(pub("orders.1", "one"));
  const pulled = message(owner.send(pub("$JS.API.CONSUMER.MSG.NEXT.S.C", "1", "in.pull")));
  assert.match(pulled.reply, /^\$JS\.ACK\.S\.C\.1\.1\.1\./, "it was not delivered before");
});

test("requests to what is not there are answered with no responders", async () => {
  const { owner, user } = await open();
  await makeStream(owner, "$JS.API");
  const answer = message(user.send(pub("IPA.CONSUMER.MSG.NEXT.S.NONE", "1", "in.pull")));
  assert.match(answer.headers, /^NATS\/1\.0 503\r\n/);
});

test("messages are pushed to another account, under the subjects they are stored with", async () => {
  const { owner, user } = await open();
  await makeStream(owner, "$JS.API");
  user.send("SUB from.deliver.x 2\r\n");
  await makeConsumer(owner, "$JS.API", { deliver_subject: "deliver.x", ack_policy: "explicit" });
  owner.send(pub("orders.1", "one"));
  const pushed = message(user.take());
  assert.deepEqual([pushed.subject, pushed.payload], ["orders.1", "one"]);
  user.send(pub(pushed.reply, ""));
  const info = JSON.parse((await ask(owner, "$JS.API.CONSUMER.INFO.S.C")).payload) as {
    ack_floor: { stream_seq: number };
  };
  assert.equal(info.ack_floor.stream_seq, 1);
});

test("a stream stores what its account imports", async () => {
  const accounts: AccountOptions[] = [
    {
      name: "OWNER",
      jetstream: true,
      users: [{ user: "owner", password: "x" }],
      imports: [importStream("OTHER", "events.>", { prefix: "their" })],
    },
    {
      name: "OTHER",
      users: [{ user: "other", password: "x" }],
      exports: [stream("events.>")],
    },
  ];
  const { host } = await openEngine({ accounts, jetstream: { enabled: true } });
  const owner = connectClient(host, { user: "owner", pass: "x" });
  const other = connectClient(host, { user: "other", pass: "x" });
  owner.take();
  other.take();
  owner.send("SUB in.> 1\r\n");
  const config = { name: "E", subjects: ["their.events.*"], storage: "memory" };
  await ask(owner, "$JS.API.STREAM.CREATE.E", config);
  other.send(pub("events.1", "x"));
  const got = JSON.parse((await ask(owner, "$JS.API.STREAM.MSG.GET.E", { seq: 1 })).payload) as {
    message: { subject: string };
  };
  assert.equal(got.message.subject, "their.events.1");
});

test("a trace tells what a stream does with a message", async () => {
  const { owner } = await open();
  await makeStream(owner, "$JS.API");
  owner.send("SUB traces 9\r\n");
  const trace = (headers: string[]): Record<string, unknown>[] => {
    const received = owner.send(hpub("orders.1", ["Nats-Trace-Dest: traces", ...headers], "x"));
    const { payload } = message(received);
    return (JSON.parse(payload) as { events: Record<string, unknown>[] }).events.slice(1);
  };
  const [only] = trace(["Nats-Trace-Only: 1"]);
  assert.deepEqual(only, { type: "js", ts: only?.["ts"], stream: "S", subject: "orders.1" });
  const stored = trace(["Nats-Msg-Id: a"]);
  assert.deepEqual(
    stored.map(({ type, subject }) => [type, subject]),
    [["js", "orders.1"]],
  );
  assert.equal(trace(["Nats-Msg-Id: a"])[0]?.["error"], "msgid is duplicate");
  const other = trace(["Nats-Expected-Stream: T"])[0];
  assert.deepEqual(
    [other?.["error"], other?.["subject"]],
    ["expected stream does not match", undefined],
  );
  const got = JSON.parse(
    (await ask(owner, "$JS.API.STREAM.MSG.GET.S", { last_by_subj: "orders.1" })).payload,
  ) as {
    message: { seq: number; hdrs: string };
  };
  assert.equal(got.message.seq, 1);
  assert.match(
    Buffer.from(got.message.hdrs, "base64").toString(),
    /Nats-Trace-Dest: trace disabled\r\n/,
  );
});

test("a trace of a request to the API ends there", async () => {
  const { owner } = await open();
  await makeStream(owner, "$JS.API");
  owner.send("SUB traces 9\r\n");
  const headers = ["Nats-Trace-Dest: traces", "Nats-Trace-Only: true"];
  const received = owner.send(hpub("$JS.API.STREAM.DELETE.S", headers, "", "in.x"));
  const [answer, trace] = messages(received);
  assert.match(answer?.headers ?? "", /503/);
  const { events } = JSON.parse(trace?.payload ?? "") as { events: Record<string, unknown>[] };
  assert.deepEqual(
    events.slice(1).map(({ type, acc, from, to }) => [type, acc, from, to]),
    [["si", "$SYS", "$JS.API.STREAM.DELETE.S", "$JS.API.STREAM.DELETE.S"]],
  );
});
