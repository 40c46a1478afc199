import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExportOptions } from "../../src/options/accounts.ts";
import type { ManualSocket } from "../connection/test-host.ts";
import {
  hpub,
  importService,
  message,
  messages,
  pub,
  requestInfo,
  service,
  TestAccounts,
} from "./support/accounts.ts";

const serviceReply = /^_R_\.[0-9A-Za-z]{6}\.[0-9A-Za-z]{6}$/;
const noResponders = /^NATS\/1\.0 503\r\n/;

/** The service `q` of the account `foo`, whose client answers, and which `bar` imports, whose client has an inbox. */
async function openService(answers: Partial<ExportOptions> = {}) {
  const accounts = await TestAccounts.open({
    foo: { exports: [service("q", answers)] },
    bar: { imports: [importService("foo", "q")] },
  });
  const responder = accounts.client("foo");
  const requester = accounts.client("bar");
  responder.send("SUB q 1\r\n");
  requester.send("SUB inbox 1\r\n");
  return { accounts, responder, requester };
}

/** Sends a request; returns where its answer has to go. */
function ask(responder: ManualSocket, requester: ManualSocket): string {
  requester.send(pub("q", "", "inbox"));
  return message(responder.take()).reply;
}

test("a request goes to the other account, and the answer comes back", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [service("test.request")] },
    bar: { imports: [importService("foo", "test.request", { to: "ask" })] },
  });
  const responder = accounts.client("foo");
  const requester = accounts.client("bar");
  responder.send("SUB test.request 1\r\n");
  requester.send("SUB inbox 11\r\n");
  assert.equal(requester.send(pub("ask", "help", "inbox")), "");
  const request = message(responder.take());
  assert.equal(request.subject, "test.request");
  assert.equal(request.payload, "help");
  assert.match(request.reply, serviceReply);
  assert.equal(accounts.pendingResponses("foo"), 1);
  assert.equal(responder.send(pub(request.reply, "22")), "");
  assert.equal(requester.take(), "MSG inbox 11 2\r\n22\r\n");
  assert.equal(accounts.pendingResponses("foo"), 0);
  assert.equal(accounts.pendingReplies("bar"), 0);
});

test("a second answer of a singleton goes nowhere", async () => {
  const { responder, requester } = await openService();
  const reply = ask(responder, requester);
  responder.send(pub(reply, "1") + pub(reply, "2"));
  assert.equal(requester.take(), "MSG inbox 1 1\r\n1\r\n");
});

test("a stream of answers ends when nobody listens any more", async () => {
  const { accounts, responder, requester } = await openService({ responseType: "stream" });
  const reply = ask(responder, requester);
  responder.send(pub(reply, "1").repeat(10));
  assert.equal(messages(requester.take()).length, 10);
  assert.equal(accounts.pendingResponses("foo"), 1);
  requester.send("UNSUB 1\r\n");
  assert.equal(accounts.pendingResponses("foo"), 0);
  assert.equal(accounts.pendingReplies("bar"), 0);
});

test("a stream of answers ends with an empty message, and after its threshold", async () => {
  const answers = { responseType: "chunked", responseThresholdMs: 1_000 } as const;
  const { accounts, responder, requester } = await openService(answers);
  const first = ask(responder, requester);
  responder.send(pub(first, "1") + pub(first));
  assert.equal(messages(requester.take()).length, 2);
  assert.equal(accounts.pendingResponses("foo"), 0);
  const second = ask(responder, requester);
  accounts.host.clock.advance(900);
  responder.send(pub(second, "1"));
  accounts.host.clock.advance(900);
  assert.equal(accounts.pendingResponses("foo"), 1);
  accounts.host.clock.advance(200);
  assert.equal(accounts.pendingResponses("foo"), 0);
});

test("answers that never come are given up after two minutes", async () => {
  const { accounts, responder, requester } = await openService();
  requester.send(pub("q", "", "inbox").repeat(3));
  const [first] = messages(responder.take());
  assert.equal(accounts.pendingResponses("foo"), 3);
  accounts.host.clock.advance(120_001);
  assert.equal(accounts.pendingResponses("foo"), 0);
  responder.send(pub(first?.reply ?? "", "late"));
  assert.doesNotMatch(requester.take(), /late/);
});

test("wildcard inboxes are given up too, once a turn", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [service("q", { responseType: "stream" })] },
    bar: { imports: [importService("foo", "q")] },
  });
  accounts.client("foo").send("SUB q 1\r\n");
  const requester = accounts.client("bar");
  requester.send("SUB in.a.* 1\r\nSUB in.b.* 2\r\n");
  requester.send(pub("q", "", "in.a.1") + pub("q", "", "in.a.2") + pub("q", "", "in.b.1"));
  assert.equal(accounts.pendingResponses("foo"), 3);
  requester.send("UNSUB 1\r\n");
  assert.equal(accounts.pendingResponses("foo"), 1);
  requester.closeByPeer();
  accounts.host.clock.endTurn();
  assert.equal(accounts.pendingResponses("foo"), 0);
});

test("a request that reaches nobody is answered with no responders", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [service("q")] },
    bar: { imports: [importService("foo", "q", { to: "ask" })] },
  });
  const requester = accounts.client("bar");
  requester.send("SUB inbox 1\r\n");
  const answer = message(requester.send(pub("ask", "", "inbox")));
  assert.match(answer.headers, noResponders);
  assert.match(answer.headers, /Nats-Subject: ask\r\n/);
  assert.equal(accounts.pendingResponses("foo"), 0);
  assert.equal(accounts.pendingReplies("bar"), 0);
});

test("the exporter is told the account that asks, and everything if that is shared", async () => {
  const accounts = await TestAccounts.open(
    {
      foo: { exports: [service("brief"), service("full")] },
      bar: {
        imports: [importService("foo", "brief"), importService("foo", "full", { isShared: true })],
      },
    },
    { serverName: "srv" },
  );
  const responder = accounts.client("foo");
  const requester = accounts.client("bar", { name: "me", lang: "ts", version: "1.2" });
  responder.send("SUB * 1\r\n");
  requester.send(hpub("brief", ["A: b", "Nats-Request-Info: forged", "C: d"], "x"));
  const brief = message(responder.take());
  assert.match(brief.headers, /^NATS\/1\.0\r\nA: b\r\nC: d\r\nNats-Request-Info: \{.*\}\r\n\r\n$/);
  assert.deepEqual(requestInfo(brief), { acc: "bar", rtt: 1 });
  requester.send(pub("full", "x"));
  const info = requestInfo(message(responder.take()));
  assert.deepEqual(Object.keys(info), [
    "start",
    "host",
    "id",
    "acc",
    "user",
    "name",
    "lang",
    "ver",
    "rtt",
    "server",
    "kind",
    "client_type",
  ]);
  assert.deepEqual(
    [info["acc"], info["user"], info["name"], info["lang"], info["ver"], info["server"]],
    ["bar", "bar", "me", "ts", "1.2", "srv"],
  );
  assert.deepEqual([info["kind"], info["client_type"]], ["Client", "nats"]);
});

test("wildcards of a service are carried over", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [service("ngs.update.*"), service("a.*.b.>")] },
    bar: {
      imports: [
        importService("foo", "ngs.update.$1".replace("$1", "*"), { to: "ngs.$1" }),
        importService("foo", "a.*.b.>", { to: "my.$1.>" }),
      ],
    },
  });
  const responder = accounts.client("foo");
  responder.send("SUB > 1\r\n");
  const requester = accounts.client("bar");
  requester.send(pub("ngs.x") + pub("my.t.r.s") + pub("ngs.x.y"));
  const subjects = messages(responder.take()).map(({ subject }) => subject);
  assert.deepEqual(subjects, ["ngs.update.x", "a.t.b.r.s"]);
});

test("one member of a queue group gets a request", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [service("q")] },
    bar: { imports: [importService("foo", "q")] },
  });
  const responder = accounts.client("foo");
  responder.send("SUB q workers 1\r\nSUB q workers 2\r\nSUB q others 3\r\nSUB q 4\r\n");
  accounts.client("bar").send(pub("q").repeat(20));
  const sids = messages(responder.take()).map(({ sid }) => sid);
  assert.equal(sids.length, 60);
  assert.equal(sids.filter((sid) => sid === "1" || sid === "2").length, 20);
});

test("a chain of imports passes a request on, and says who asked and who passed it on", async () => {
  const accounts = await TestAccounts.open({
    a: { imports: [importService("b", "q.b", { to: "q.a" })] },
    b: { exports: [service("q.b")], imports: [importService("c", "q.c", { to: "q.b" })] },
    c: { exports: [service("q.c")] },
  });
  const responder = accounts.client("c");
  responder.send("SUB q.c 1\r\n");
  const requester = accounts.client("a");
  requester.send("SUB inbox 1\r\n");
  requester.send(pub("q.a", "?", "inbox"));
  const request = message(responder.take());
  assert.deepEqual(requestInfo(request), { acc: "a", svc: "b", rtt: 1 });
  assert.equal(accounts.pendingResponses("b"), 1);
  assert.equal(accounts.pendingResponses("c"), 1);
  responder.send(pub(request.reply, "!"));
  assert.equal(requester.take(), "MSG inbox 1 1\r\n!\r\n");
  assert.equal(accounts.pendingResponses("b"), 0);
  assert.equal(accounts.pendingResponses("c"), 0);
  requester.send(pub("q.a", "?", "inbox"));
  requester.send("UNSUB 1\r\n");
  assert.equal(accounts.pendingResponses("b") + accounts.pendingResponses("c"), 0);
});

test("who answers may ask back", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [service("q")] },
    bar: { imports: [importService("foo", "q")] },
  });
  const responder = accounts.client("foo");
  const requester = accounts.client("bar");
  responder.send("SUB q 1\r\nSUB back 2\r\n");
  requester.send("SUB inbox 1\r\n");
  requester.send(pub("q", "?", "inbox"));
  responder.send(pub(message(responder.take()).reply, "what?", "back"));
  const question = message(requester.take());
  assert.match(question.reply, serviceReply);
  requester.send(pub(question.reply, "this"));
  assert.equal(responder.take(), "MSG back 2 4\r\nthis\r\n");
});

test("acknowledgement subjects are passed on as they are", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [service("q")] },
    bar: { imports: [importService("foo", "q")] },
  });
  const responder = accounts.client("foo");
  responder.send("SUB q 1\r\n");
  // No client may use such a reply subject, so the server itself publishes.
  const account = accounts.engine.account("bar");
  const { MessageView } = await import("../../src/routing/message.ts");
  const view = new MessageView();
  view.setSubject(Buffer.from("q"), 0, 1);
  const reply = Buffer.from("$JS.ACK.S.C.1.2.3.4.5");
  view.setReply(reply, 0, reply.length);
  assert.equal(account.publish(view), 1);
  assert.equal(message(responder.take()).reply, "$JS.ACK.S.C.1.2.3.4.5");
  assert.equal(accounts.pendingResponses("foo"), 0);
});

test("mappings of the exporter hold for requests", async () => {
  const accounts = await TestAccounts.open({
    foo: {
      exports: [service("request")],
      mappings: [
        { source: "request", destinations: [{ subject: "request.v2", weightPercent: 100 }] },
      ],
    },
    bar: { imports: [importService("foo", "request")] },
  });
  const responder = accounts.client("foo");
  responder.send("SUB request.v2 1\r\n");
  const requester = accounts.client("bar");
  requester.send("SUB inbox 1\r\n");
  requester.send(pub("request", "?", "inbox"));
  responder.send(pub(message(responder.take()).reply, "!"));
  assert.equal(requester.take(), "MSG inbox 1 1\r\n!\r\n");
});

test("two accounts may offer the same service", async () => {
  const accounts = await TestAccounts.open({
    one: { exports: [service("q")] },
    two: { exports: [service("q")] },
    bar: { imports: [importService("one", "q"), importService("two", "q")] },
  });
  const first = accounts.client("one");
  const second = accounts.client("two");
  first.send("SUB q 1\r\n");
  second.send("SUB q 1\r\n");
  accounts.client("bar").send(pub("q"));
  assert.equal(message(first.take()).subject, "q");
  assert.equal(message(second.take()).subject, "q");
});

test("what is not exported to an account cannot be imported", async () => {
  const denied = `Error adding service import "q": service import not authorized`;
  const rows: [accounts: Parameters<typeof TestAccounts.open>[0], message: string][] = [
    [{ foo: {}, bar: { imports: [importService("foo", "q")] } }, denied],
    [
      {
        foo: { exports: [service("q", { accounts: ["other"] })] },
        bar: { imports: [importService("foo", "q")] },
      },
      denied,
    ],
    [
      {
        foo: { exports: [service("q.*", { accountTokenPosition: 2 })] },
        bar: { imports: [importService("foo", "q.foo")] },
      },
      `Error adding service import "q.foo": service import not authorized`,
    ],
    [
      { foo: { exports: [service("q", { accountTokenPosition: 1 })] } },
      `Error adding service export "q": invalid subject`,
    ],
    [
      { bar: { imports: [importService("nobody", "q")] } },
      `"nobody" account not defined for service import`,
    ],
    [
      {
        foo: { exports: [service("q")] },
        bar: { imports: [importService("foo", "q"), importService("foo", "q")] },
      },
      `Error adding service import "q": duplicate service import subject "q", ` +
        `previously used in import for account "foo", subject "q"`,
    ],
    [
      {
        foo: { exports: [service("q")], imports: [importService("bar", "q")] },
        bar: { exports: [service("q")], imports: [importService("foo", "q")] },
      },
      `Error adding service import "q": import forms a cycle`,
    ],
    [
      {
        a: { exports: [service("q")], imports: [importService("b", "q")] },
        b: { exports: [service("q")], imports: [importService("c", "q")] },
        c: { exports: [service("q")], imports: [importService("a", "q")] },
      },
      `Error adding service import "q": import forms a cycle`,
    ],
    [
      {
        foo: { exports: [service("q.*.*")] },
        bar: { imports: [importService("foo", "q.*.*", { to: "r.$1" })] },
      },
      `Error adding service import "q.*.*": failed to create mapping transform for service import subject ` +
        `from "r.$1" to "q.*.*": invalid mapping destination: not using all of the token wildcard(s) in r.$1`,
    ],
  ];
  for (const [accounts, text] of rows) {
    await assert.rejects(TestAccounts.open(accounts), {
      code: "ENGINE_OPTION_INVALID",
      message: text,
    });
  }
});

test("an account's own name opens what is exported by position", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [service("q.*", { accountTokenPosition: 2 })] },
    bar: { imports: [importService("foo", "q.bar", { to: "q" })] },
  });
  const responder = accounts.client("foo");
  responder.send("SUB q.* 1\r\n");
  accounts.client("bar").send(pub("q"));
  assert.equal(message(responder.take()).subject, "q.bar");
});

test("an account does not get its own publishes back through its own export", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [service("q.>")], imports: [importService("foo", "q.x", { to: "ask" })] },
  });
  const client = accounts.client("foo");
  client.send("SUB > 1\r\n");
  const subjects = messages(client.send(pub("ask"))).map(({ subject }) => subject);
  assert.deepEqual(subjects.sort(), ["ask", "q.x"]);
});
