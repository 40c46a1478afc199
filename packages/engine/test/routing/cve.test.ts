import assert from "node:assert/strict";
import { test } from "node:test";
import {
  hpub,
  importService,
  importStream,
  message,
  messages,
  pub,
  requestInfo,
  service,
  stream,
  TestAccounts,
} from "./support/accounts.ts";

test("class C (CVE-2020-28466, CVE-2022-42709): cycles of imports are refused", async () => {
  for (const kind of ["service", "stream"] as const) {
    const exported = { kind, subject: "q.>" };
    const imported = (account: string): ReturnType<typeof importService> => ({
      ...importService(account, "q.>"),
      kind,
    });
    const ring = (count: number): Record<string, object> =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `a${index}`,
          { exports: [exported], imports: [imported(`a${(index + 1) % count}`)] },
        ]),
      );
    for (const count of [2, 3, 20]) {
      await assert.rejects(
        TestAccounts.open(ring(count)),
        /import forms a cycle/,
        `${kind} ${count}`,
      );
    }
  }
});

test("class C: a circle that mappings close ends, and every account but the first gets a request once", async () => {
  const to = (source: string, subject: string): object => ({
    mappings: [{ source, destinations: [{ subject, weightPercent: 100 }] }],
  });
  const accounts = await TestAccounts.open({
    a: { exports: [service("q.>")], imports: [importService("b", "r.>")], ...to("q.*", "r.$1") },
    b: { exports: [service("r.>")], imports: [importService("a", "q.>")], ...to("r.*", "q.$1") },
  });
  const a = accounts.client("a");
  const b = accounts.client("b");
  a.send("SUB > 1\r\n");
  b.send("SUB > 1\r\n");
  a.send(pub("r.x", "!"));
  assert.equal(messages(b.take()).length, 1);
  assert.ok(messages(a.take()).length <= 2);
});

test("class C: a service and a stream of the same subject do not feed each other", async () => {
  const accounts = await TestAccounts.open({
    fixed: { exports: [stream(">"), service("my.service")] },
    user: { imports: [importStream("fixed", ">"), importService("fixed", "my.service")] },
  });
  const responder = accounts.client("fixed");
  const user = accounts.client("user");
  responder.send("SUB my.service prod 1\r\n");
  user.send("SUB my.service prod 1\r\nSUB > 2\r\n");
  user.send(pub("my.service", "hi"));
  assert.equal(messages(responder.take()).length, 1);
});

test("class D (NATS 2026-15, 2026-20): a trace goes only where its publisher may publish", async () => {
  const denied = { publish: { deny: ["secret.>"] } };
  const { openEngine, connectClient } = await import("../connection/open-engine.ts");
  const { host } = await openEngine({
    accounts: [
      {
        name: "A",
        users: [
          { user: "u", password: "p", permissions: denied },
          { user: "v", password: "p" },
        ],
      },
    ],
  });
  const watcher = connectClient(host, { user: "v", pass: "p" });
  watcher.send("SUB > 1\r\n");
  const client = connectClient(host, { user: "u", pass: "p" });
  client.take();
  for (const destination of ["secret.x", "$NRG.x", "_GR_.x.y"]) {
    const refusal = client.send(hpub("foo", [`Nats-Trace-Dest: ${destination}`], "x"));
    assert.match(refusal, /^-ERR 'Permissions Violation for Publish to /, destination);
    assert.equal(watcher.take(), "", destination);
  }
  client.send(hpub("secret.y", ["Nats-Trace-Dest: traces"], "x"));
  assert.deepEqual(
    messages(watcher.take()).map(({ subject }) => subject),
    ["traces"],
  );
});

test("class D (CVE-2021-3127): an import does not reach beyond its export", async () => {
  const rows: [exported: string, wanted: string][] = [
    ["q.one", "q.*"],
    ["q.*", "q.>"],
    ["q.*.a", "q.*.*"],
    ["q.>", ">"],
    ["q.>", "*.x"],
  ];
  for (const [exported, wanted] of rows) {
    for (const [offer, want] of [
      [service, importService],
      [stream, importStream],
    ] as const) {
      const opening = TestAccounts.open({
        foo: { exports: [offer(exported)] },
        bar: { imports: [want("foo", wanted)] },
      });
      await assert.rejects(opening, /not authorized/, `${exported} ${wanted}`);
    }
  }
});

test("class E (NATS 2026-08, 2026-09): nobody can say that somebody else asks", async () => {
  const forged = 'Nats-Request-Info: {"acc":"$SYS","user":"root","svc":"$SYS"}';
  const accounts = await TestAccounts.open({
    foo: { exports: [service("q")] },
    bar: { imports: [importService("foo", "q")], exports: [service("q")] },
    baz: { imports: [importService("bar", "q")] },
  });
  const responder = accounts.client("foo");
  responder.send("SUB q 1\r\n");
  accounts.client("bar").send(hpub("q", [forged, forged], "x"));
  const once = message(responder.take());
  assert.equal(requestInfo(once)["acc"], "bar");
  assert.equal(once.headers.split("Nats-Request-Info").length, 2);
  accounts.client("baz").send(hpub("q", [forged], "x"));
  const twice = requestInfo(message(responder.take()));
  assert.deepEqual([twice["acc"], twice["svc"], twice["user"]], ["baz", "bar", undefined]);
});

test("class E: no client can use a reply subject of the server, or answer what another account was asked", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [service("q")] },
    bar: { imports: [importService("foo", "q")] },
    other: {},
  });
  const responder = accounts.client("foo");
  const requester = accounts.client("bar");
  responder.send("SUB q 1\r\n");
  requester.send("SUB inbox 1\r\n");
  requester.send(pub("q", "", "inbox"));
  const { reply } = message(responder.take());
  accounts.client("other").send(pub(reply, "forged"));
  requester.send(pub(reply, "forged"));
  assert.equal(requester.take(), "");
  assert.match(accounts.client("other").send(pub("x", "", reply)), /Publish with Reply of/);
  responder.send(pub(reply, "real"));
  assert.equal(message(requester.take()).payload, "real");
});
