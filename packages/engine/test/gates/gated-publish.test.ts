import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openEngine } from "../connection/open-engine.ts";
import type { ManualSocket } from "../connection/test-host.ts";
import {
  hpub,
  importService,
  importStream,
  messages,
  pub,
  service,
  stream,
  type TestAccount,
  TestAccounts,
} from "../routing/support/accounts.ts";
import { createStream, messageCount, movingGate, textGate } from "./support.ts";

/** An account `A` with a gated stream S over `s.>`, one for dead letters, and whatever else is asked for. */
async function open(
  config: object = {},
  accounts: Readonly<Record<string, TestAccount>> = {},
  exports: TestAccount["exports"] = [],
): Promise<TestAccounts> {
  const all = { A: { jetstream: true, exports }, ...accounts };
  const opened = await TestAccounts.open(all, { jetstream: { enabled: true } });
  await createStream(opened, "A", "S", { subjects: ["s.>"], ...config });
  await createStream(opened, "A", "DEAD", { subjects: ["dead.*"] });
  opened.engine.setGate("A", "S", textGate("S", ["s.>"]));
  return opened;
}

/** A client with an inbox, `in.>`, and what comes to another subject, too. */
function clientOf(accounts: TestAccounts, account: string, more = "in.>"): ManualSocket {
  const client = accounts.client(account, { name: "producer" });
  client.send(`SUB in.> 1\r\n${more === "in.>" ? "" : `SUB ${more} 2\r\n`}`);
  return client;
}

/** What a client is answered. */
function answersOf(text: string): { subject: string; [field: string]: unknown }[] {
  return messages(text).map(({ subject, payload }) => ({ subject, ...JSON.parse(payload) }));
}

const refusal = (text: string): object => ({
  error: { code: 400, err_code: 20001, description: `S: ${text}` },
  stream: "S",
  seq: 0,
});

test("what a gate lets in is stored and delivered as without it", async () => {
  const accounts = await open();
  const client = clientOf(accounts, "A", "s.>");
  const text = client.send(pub("s.a", "good", "in.1"));
  assert.deepEqual(
    messages(text)
      .map(({ subject, payload }) => [subject, payload])
      .sort(),
    [
      ["in.1", '{"stream":"S","seq":1}'],
      ["s.a", "good"],
    ],
  );
  assert.equal(messageCount(accounts, "DEAD"), 0);
});

test("what it refuses reaches nobody, its publisher hears why, and it becomes a dead letter", async () => {
  const accounts = await open();
  const client = clientOf(accounts, "A", "s.>");
  const dead = clientOf(accounts, "A", "dead.*");
  const text = client.send(
    hpub("s.a", ["Nats-Msg-Id: 7", "oxbow-error: forged", "Mine: yes"], "bad one", "in.1"),
  );
  assert.deepEqual(answersOf(text), [{ subject: "in.1", ...refusal("bad one") }]);
  assert.equal(messageCount(accounts, "S"), 0);
  assert.equal(messageCount(accounts, "DEAD"), 1);
  const [letter] = messages(dead.take());
  assert.equal(letter?.subject, "dead.S");
  assert.equal(letter?.reply, "");
  assert.equal(letter?.payload, "bad one");
  assert.equal(
    letter?.headers,
    "NATS/1.0\r\nOxbow-Error: bad one\r\nOxbow-Of-Nats-Msg-Id: 7\r\nOxbow-Of-oxbow-error: forged\r\nMine: yes\r\n\r\n",
  );
});

test("a publisher that asked for no answer gets an error after which clients go on", async () => {
  const accounts = await open();
  const client = clientOf(accounts, "A");
  assert.equal(client.send(pub("s.a", "bad one")), "-ERR 'Permissions Violation: S: bad one'\r\n");
  assert.equal(
    client.send(pub("s.a", "bad\r\nPING\r\n")),
    "-ERR 'Permissions Violation: S: bad PING '\r\n",
  );
  assert.equal(messageCount(accounts, "DEAD"), 2);
  assert.equal(client.send("PING\r\n").startsWith("PONG"), true);
});

test("texts have a bound, since they may hold what a message holds", async () => {
  const accounts = await open();
  const client = clientOf(accounts, "A");
  const text = client.send(pub("s.a", `bad ${"x".repeat(5_000)}`));
  assert.equal(text.length, "-ERR 'Permissions Violation: '\r\n".length + 1_000);
});

test("a dead letter without room for the headers of the message says so", async () => {
  const accounts = await open();
  const client = clientOf(accounts, "A", "dead.*");
  const large = `Large: ${"x".repeat(65_500)}`;
  const [letter] = messages(client.send(hpub("s.a", [large], `bad\n${"y".repeat(2_000)}`)));
  const value = `bad ${"y".repeat(1_020)}`;
  assert.equal(
    letter?.headers,
    `NATS/1.0\r\nOxbow-Error: ${value}\r\nOxbow-Headers-Lost: true\r\n\r\n`,
  );
  assert.equal(messageCount(accounts, "DEAD"), 1);
});

test("what is diverted is acknowledged by the stream of dead letters", async () => {
  const accounts = await open();
  const client = clientOf(accounts, "A");
  assert.deepEqual(answersOf(client.send(pub("s.a", "odd one", "in.1"))), [
    { subject: "in.1", stream: "DEAD", seq: 1 },
  ]);
  assert.equal(client.send(pub("s.a", "odd one")), "");
  assert.equal(messageCount(accounts, "S"), 0);
  assert.equal(messageCount(accounts, "DEAD"), 2);
});

test("without a stream of dead letters it is refused", async () => {
  const accounts = await open();
  accounts.engine.setGate("A", "S", textGate("S", ["s.>"]));
  const gate = textGate("S", ["s.>"]);
  accounts.engine.setGate("A", "S", {
    subjects: gate.subjects,
    judge: (message, room) => {
      const finding = gate.judge(message, room);
      if (finding?.t !== "diverted") return finding;
      return { ...finding, deadLetter: { ...finding.deadLetter, subject: "nowhere" } };
    },
  });
  // Who listens there is no stream.
  const client = clientOf(accounts, "A", "nowhere");
  const text = client.send(pub("s.a", "odd one", "in.1"));
  assert.deepEqual(answersOf(text), [{ subject: "in.1", ...refusal("odd one") }]);
});

test("what is noticed is let in, and whoever listens is told", async () => {
  const accounts = await open();
  const client = clientOf(accounts, "A", "notice.*");
  assert.deepEqual(
    messages(client.send(pub("s.a", "hm", "in.1"))).map(({ subject, payload }) => [
      subject,
      payload,
    ]),
    [
      ["notice.S", "hm"],
      ["in.1", '{"stream":"S","seq":1}'],
    ],
  );
});

test("a gate can give a message another subject, which permissions and gates say nothing of", async () => {
  const accounts = await open();
  accounts.engine.setGate("A", "T", movingGate("t", "s.moved"));
  const client = clientOf(accounts, "A", "s.>");
  const got = messages(client.send(pub("t", "bad but moved", "in.1")));
  assert.deepEqual(got.map(({ payload }) => payload).sort(), [
    "bad but moved",
    '{"stream":"S","seq":1}',
  ]);
  assert.ok(got.some(({ subject }) => subject === "s.moved"));
});

test("subjects are judged as the mappings of the account make them", async () => {
  const accounts = await open(
    {},
    {
      M: {
        jetstream: true,
        mappings: [
          { source: "m.*", destinations: [{ subject: "s.{{wildcard(1)}}", weightPercent: 100 }] },
        ],
      },
    },
  );
  accounts.engine.setGate("M", "S", textGate("S", ["s.>"]));
  const client = clientOf(accounts, "M", "s.>");
  assert.match(client.send(pub("m.a", "bad")), /^-ERR 'Permissions Violation: S: bad'/);
  assert.match(client.send(pub("m.a", "good")), /^MSG s.a 2 4\r\ngood/);
});

test("a subject nobody is subscribed to has no responders, a refused message has an answer", async () => {
  const accounts = await open();
  accounts.engine.setGate("A", "N", textGate("N", ["none"]));
  const client = clientOf(accounts, "A");
  assert.match(client.send(pub("none", "good", "in.1")), /NATS\/1.0 503/);
  const [answer] = answersOf(client.send(pub("none", "bad", "in.1")));
  assert.deepEqual(answer, {
    subject: "in.1",
    error: { code: 400, err_code: 20001, description: "N: bad" },
    stream: "",
    seq: 0,
  });
});

test("a message of an atomic batch that is refused ends the batch", async () => {
  const accounts = await open({ allow_atomic: true });
  const client = clientOf(accounts, "A");
  const send = (id: string, sequence: number, payload: string, ...more: string[]) => {
    const headers = [`Nats-Batch-Id: ${id}`, `Nats-Batch-Sequence: ${sequence}`, ...more];
    const [answer] = messages(client.send(hpub("s.a", headers, payload, "in.1")));
    return answer?.payload === "" ? "" : JSON.parse(answer?.payload ?? "null");
  };
  const commit = "Nats-Batch-Commit: 1";
  assert.equal(send("a", 1, "good"), "");
  assert.deepEqual(send("a", 2, "bad"), refusal("bad"));
  assert.equal(send("a", 3, "good", commit).error.err_code, 10176);
  // Neither is it moved elsewhere, which would leave a hole.
  assert.equal(send("b", 1, "good"), "");
  assert.deepEqual(send("b", 2, "odd", commit), refusal("odd"));
  assert.deepEqual(send("c", 1, "bad", commit), refusal("bad"));
  assert.equal(messageCount(accounts, "S"), 0);
  assert.equal(messageCount(accounts, "DEAD"), 3);
  assert.equal(send("d", 1, "good"), "");
  assert.deepEqual(send("d", 2, "good", commit), { stream: "S", seq: 2, batch: "d", count: 2 });
});

test("a message of a fast batch that is refused is told of as any other fault", async () => {
  const accounts = await open({ allow_batched: true });
  const client = clientOf(accounts, "A");
  const send = (id: string, gap: string, sequence: number, operation: number, payload: string) => {
    const reply = `in.${id}.10.${gap}.${sequence}.${operation}.$FI`;
    return messages(client.send(pub("s.a", payload, reply))).map((got) => JSON.parse(got.payload));
  };
  const error = { code: 400, err_code: 20001, description: "S: bad" };
  assert.deepEqual(send("a", "ok", 1, 0, "good"), [{ type: "ack", seq: 0, msgs: 10 }]);
  assert.deepEqual(send("a", "ok", 2, 1, "bad"), [{ type: "err", seq: 2, error }]);
  assert.deepEqual(send("a", "ok", 3, 2, "good"), [{ stream: "S", seq: 2, batch: "a", count: 3 }]);
  assert.deepEqual(send("b", "fail", 1, 0, "good"), [{ type: "ack", seq: 0, msgs: 10 }]);
  assert.deepEqual(send("b", "fail", 2, 1, "bad"), [
    { type: "err", seq: 2, error },
    { stream: "S", seq: 3, batch: "b", count: 1 },
  ]);
  assert.equal(messageCount(accounts, "S"), 3);
  assert.equal(messageCount(accounts, "DEAD"), 2);
});

test("a service import leads through the gates of the account that it leads to", async () => {
  const accounts = await open(
    {},
    { B: { imports: [importService("A", "s.x", { to: "orders" })] } },
    [service("s.>", { responseType: "stream" })],
  );
  const client = clientOf(accounts, "B");
  assert.deepEqual(answersOf(client.send(pub("orders", "bad", "in.1"))), [
    { subject: "in.1", ...refusal("bad") },
  ]);
  assert.deepEqual(answersOf(client.send(pub("orders", "odd", "in.1"))), [
    { subject: "in.1", stream: "DEAD", seq: 2 },
  ]);
  assert.deepEqual(answersOf(client.send(pub("orders", "good", "in.1"))), [
    { subject: "in.1", stream: "S", seq: 1 },
  ]);
  // Without a reply nobody in the other account is told.
  assert.equal(client.send(pub("orders", "bad")), "");
  accounts.engine.setGate("A", "S", movingGate("s.x", "s.y"));
  client.send(pub("orders", "good", "in.1"));
  const jetstream = accounts.engine.jetstreams.find((one) => one.stream("S") !== undefined);
  const subjects = jetstream?.stream("S")?.log.subjects;
  assert.equal(subjects?.last(subjects.find(Buffer.from("s.y"), 0, 3)), 2);
});

test("a stream that imports messages of another account is gated there, not where they are from", async () => {
  const accounts = await TestAccounts.open(
    {
      A: { exports: [stream("s.>")] },
      B: { jetstream: true, imports: [importStream("A", "s.>")] },
    },
    { jetstream: { enabled: true } },
  );
  await createStream(accounts, "B", "S", { subjects: ["s.>"] });
  await createStream(accounts, "B", "DEAD", { subjects: ["dead.*"] });
  const client = clientOf(accounts, "A");
  client.send(pub("s.a", "bad"));
  assert.equal(messageCount(accounts, "S"), 1);
  accounts.engine.setGate("B", "S", textGate("S", ["s.>"]));
  assert.equal(client.send(pub("s.a", "bad")), "");
  client.send(pub("s.a", "odd"));
  client.send(pub("s.a", "good"));
  assert.equal(messageCount(accounts, "S"), 2);
  assert.equal(messageCount(accounts, "DEAD"), 2);
  // The gates of the publisher have judged it for its account only.
  accounts.engine.setGate("A", "S", { subjects: ["s.>"], judge: () => undefined });
  client.send(pub("s.a", "bad"));
  assert.equal(messageCount(accounts, "S"), 2);
});

test("what the server publishes to a gated stream is judged, too", async () => {
  const accounts = await open();
  await createStream(accounts, "A", "R", {
    subjects: ["r.*"],
    republish: { src: "r.*", dest: "s.{{wildcard(1)}}" },
  });
  const client = clientOf(accounts, "A");
  for (const payload of ["good", "bad", "odd"]) client.send(pub("r.a", payload, "in.1"));
  accounts.host.clock.endTurn();
  client.take();
  assert.equal(messageCount(accounts, "S"), 1);
  assert.equal(messageCount(accounts, "DEAD"), 2);
  // An answer of the API to a subject of the stream.
  accounts.engine.setGate("A", "S", {
    subjects: ["s.>"],
    judge: () => ({ t: "refused", text: "no", deadLetter: undefined }),
  });
  client.send(pub("$JS.API.STREAM.MSG.GET.R", '{"seq":1}', "s.answer"));
  await new Promise(setImmediate);
  client.take();
  assert.equal(messageCount(accounts, "S"), 1);
});

test("a gate that fails refuses", async () => {
  const accounts = await open();
  accounts.engine.setGate("A", "S", {
    subjects: ["s.>"],
    judge: () => {
      throw new Error("a bug");
    },
  });
  const client = clientOf(accounts, "A");
  const [answer] = answersOf(client.send(pub("s.a", "good", "in.1")));
  assert.deepEqual(answer?.["error"], {
    code: 400,
    err_code: 20001,
    description: "message refused: its check failed",
  });
});

test("gates are replaced between two messages, and outlive the clients", async () => {
  const accounts = await open();
  const client = clientOf(accounts, "A");
  assert.match(client.send(pub("s.a", "bad", "in.1")), /20001/);
  accounts.engine.setGate("A", "S", { subjects: ["s.>"], judge: () => undefined });
  assert.match(client.send(pub("s.a", "bad", "in.1")), /"seq":1/);
  accounts.engine.setGate("A", "S", textGate("S", ["s.b"]));
  assert.match(client.send(pub("s.a", "bad", "in.1")), /"seq":2/);
  assert.match(client.send(pub("s.b", "bad", "in.1")), /20001/);
  accounts.engine.setGate("A", "S", undefined);
  assert.equal(accounts.engine.account("A").gates, undefined);
  assert.match(client.send(pub("s.b", "bad", "in.1")), /"seq":3/);
});

test("gates may come before their account", async () => {
  const { engine, host } = await openEngine();
  engine.setGate("later", "S", textGate("S", ["s.>"]));
  assert.equal(engine.account("later").gates?.count, 1);
  assert.throws(
    () => engine.setGate("later", "S", textGate("S", ["s.>.x"])),
    /gate S: "s.>.x" is no subject/,
  );
  assert.equal(engine.account("later").gates?.count, 1);
  assert.equal(host.clock.timerCount, 0);
});

test("only to trace a message leaves nothing behind", async () => {
  const accounts = await open();
  const client = clientOf(accounts, "A", "trace");
  const headers = ["Nats-Trace-Dest: trace", "Nats-Trace-Only: true"];
  for (const payload of ["bad", "odd", "hm", "good"]) {
    const [event] = messages(client.send(hpub("s.a", headers, payload)));
    const { events } = JSON.parse(event?.payload ?? "{}") as { events: { type: string }[] };
    assert.deepEqual(
      events.map(({ type }) => type),
      payload === "odd" ? ["in"] : ["in", "js"],
      payload,
    );
  }
  assert.equal(messageCount(accounts, "S"), 0);
  assert.equal(messageCount(accounts, "DEAD"), 0);
});

test("a payload that holds anything is refused or let in, and the protocol goes on", async () => {
  const accounts = await open();
  const client = clientOf(accounts, "A");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.boolean(), (text, isBad) => {
      const payload = Buffer.from(`${isBad ? "bad" : ""}${text}`).toString("latin1");
      const got = client.send(`PUB s.a ${payload.length}\r\n${payload}\r\nPING\r\n`);
      assert.match(got, /^(?:-ERR '[^\r\n]*'\r\n)?PONG\r\n(?:INFO .*\r\n)?$/);
    }),
  );
});
