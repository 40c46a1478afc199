import assert from "node:assert/strict";
import { test } from "node:test";
import {
  importService,
  importStream,
  messages,
  pub,
  service,
  stream,
  TestAccounts,
} from "./support/accounts.ts";

async function subjectsSeen(
  exported: string,
  imported: Parameters<typeof importStream>[2] & { readonly subject?: string },
  subscribed: string[],
  published: string[],
): Promise<string[]> {
  const { subject = exported, ...more } = imported;
  const accounts = await TestAccounts.open({
    foo: { exports: [stream(exported)] },
    bar: { imports: [importStream("foo", subject, more)] },
  });
  const subscriber = accounts.client("bar");
  for (const [sid, wanted] of subscribed.entries()) subscriber.send(`SUB ${wanted} ${sid}\r\n`);
  const publisher = accounts.client("foo");
  for (const each of published) publisher.send(pub(each));
  return messages(subscriber.take()).map(({ subject: seen }) => seen);
}

test("what is published in one account is seen in the other, whatever is subscribed to there", async () => {
  const published = ["foo.a", "foo.b.c", "fizz"];
  const rows: [
    exported: string,
    imported: Parameters<typeof subjectsSeen>[1],
    subscribed: string,
    expected: string[],
  ][] = [
    ["foo.>", {}, ">", ["foo.a", "foo.b.c"]],
    ["foo.>", {}, "foo.a", ["foo.a"]],
    ["foo.>", {}, "foo.*", ["foo.a"]],
    ["foo.>", {}, "*.b.*", ["foo.b.c"]],
    ["foo.>", { subject: "foo.a" }, ">", ["foo.a"]],
    ["foo.>", { subject: "foo.*" }, "foo.>", ["foo.a"]],
    ["foo.*", {}, "foo.a", ["foo.a"]],
    ["foo.>", { prefix: "pre" }, "pre.>", ["pre.foo.a", "pre.foo.b.c"]],
    ["foo.>", { prefix: "pre." }, "pre.foo.a", ["pre.foo.a"]],
    ["foo.>", { prefix: "pre" }, "foo.>", []],
    ["foo.>", { prefix: "pre" }, "*.foo.*", ["pre.foo.a"]],
    ["foo.*", { to: "my.$1.x" }, "my.>", ["my.a.x"]],
    ["foo.*", { to: "my.*.x" }, "*.a.x", ["my.a.x"]],
    ["foo.*.*", { to: "my.$2.$1" }, "my.c.>", ["my.c.b"]],
    ["foo.*.*", { to: "my.$2.{{wildcard(1)}}" }, "my.c.b", ["my.c.b"]],
    ["foo.*.*", { to: "my.$2.$1" }, "my.b.>", []],
    ["foo.*.*", { to: "foo.$2.$1" }, "foo.c.*", ["foo.c.b"]],
    ["fizz", { to: "buzz" }, "*", ["buzz"]],
    ["fizz", { to: "buzz" }, "fizz", []],
  ];
  for (const [exported, imported, subscribed, expected] of rows) {
    const seen = await subjectsSeen(exported, imported, [subscribed], published);
    assert.deepEqual(seen, expected, JSON.stringify([exported, imported, subscribed]));
  }
});

test("each subscription and one of each queue group gets a message", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [stream("s")] },
    bar: { imports: [importStream("foo", "s", { prefix: "p" })] },
  });
  const subscriber = accounts.client("bar");
  subscriber.send("SUB p.s 1\r\nSUB p.* 2\r\nSUB p.s g 3\r\nSUB p.s g 4\r\n");
  accounts.client("foo").send(pub("s", "x").repeat(10));
  const sids = messages(subscriber.take()).map(({ sid }) => sid);
  assert.equal(sids.filter((sid) => sid === "1").length, 10);
  assert.equal(sids.filter((sid) => sid === "2").length, 10);
  assert.equal(sids.filter((sid) => sid === "3" || sid === "4").length, 10);
});

test("one subscription gets what several imports bring", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [stream("foo.*")] },
    bar: { exports: [stream("bar.*")] },
    baz: {
      imports: [
        importStream("foo", "foo.*", { prefix: "p" }),
        importStream("bar", "bar.*", { prefix: "p" }),
      ],
    },
  });
  const subscriber = accounts.client("baz");
  subscriber.send("SUB p.> 1\r\n");
  accounts.client("foo").send(pub("foo.1"));
  accounts.client("bar").send(pub("bar.1"));
  assert.deepEqual(
    messages(subscriber.take()).map(({ subject }) => subject),
    ["p.foo.1", "p.bar.1"],
  );
});

test("nothing flows that nobody wants, and subscriptions end with their client", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [stream("s.>")] },
    bar: { imports: [importStream("foo", "s.>")] },
  });
  const foo = accounts.engine.account("foo");
  const before = foo.subscriptionCount;
  const subscriber = accounts.client("bar");
  subscriber.send("SUB s.1 1\r\nSUB s.* 2\r\nSUB other 3\r\n");
  assert.equal(foo.subscriptionCount, before + 2);
  subscriber.send("UNSUB 1\r\n");
  assert.equal(foo.subscriptionCount, before + 1);
  subscriber.closeByPeer();
  assert.equal(foo.subscriptionCount, before);
});

test("UNSUB with a number counts messages from either account", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [stream("s")] },
    bar: { imports: [importStream("foo", "s")] },
  });
  const foo = accounts.engine.account("foo");
  const before = foo.subscriptionCount;
  const subscriber = accounts.client("bar");
  subscriber.send("SUB s 1\r\nUNSUB 1 3\r\n");
  const publisher = accounts.client("foo");
  publisher.send(pub("s").repeat(2));
  subscriber.send(pub("s").repeat(2));
  publisher.send(pub("s"));
  assert.equal(foo.subscriptionCount, before);
});

test("a subscriber in the other account is a responder", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [stream("s")] },
    bar: { imports: [importStream("foo", "s")] },
  });
  const publisher = accounts.client("foo");
  publisher.send("SUB inbox 1\r\n");
  assert.match(publisher.send(pub("s", "", "inbox")), /503/);
  accounts.client("bar").send("SUB s 1\r\n");
  assert.equal(publisher.send(pub("s", "", "inbox")), "");
});

test("what came through a service import is not exported again as a stream", async () => {
  const accounts = await TestAccounts.open({
    foo: { exports: [service("q"), stream("q")] },
    bar: { imports: [importService("foo", "q"), importStream("foo", "q", { to: "q.copy" })] },
  });
  const client = accounts.client("bar");
  client.send("SUB q.copy 1\r\n");
  assert.equal(client.send(pub("q", "x")), "");
  accounts.client("foo").send(pub("q", "y"));
  assert.equal(client.take(), "MSG q.copy 1 1\r\ny\r\n");
});

test("what is not exported to an account cannot be imported", async () => {
  const rows: [accounts: Parameters<typeof TestAccounts.open>[0], message: string][] = [
    [
      { foo: {}, bar: { imports: [importStream("foo", "s")] } },
      `Error adding stream import "s": stream import not authorized`,
    ],
    [
      {
        foo: { exports: [stream("s.*", { accounts: ["other"] })] },
        bar: { imports: [importStream("foo", "s.*")] },
      },
      `Error adding stream import "s.*": stream import not authorized`,
    ],
    [
      {
        foo: { exports: [stream("s.*")] },
        bar: { imports: [importStream("foo", "s.>")] },
      },
      `Error adding stream import "s.>": stream import not authorized`,
    ],
    [
      {
        foo: { exports: [stream("s")] },
        bar: { imports: [importStream("foo", "s", { prefix: "a.*" })] },
      },
      `Error adding stream import "s": stream import prefix can not contain wildcard tokens`,
    ],
    [
      {
        foo: { exports: [stream("s")] },
        bar: { imports: [importStream("foo", "s"), importStream("foo", "s", { to: "t" })] },
      },
      `Error adding stream import "s": stream import already exists`,
    ],
    [
      {
        foo: { exports: [stream("s.>")], imports: [importStream("bar", "s.>")] },
        bar: { exports: [stream("s.>")], imports: [importStream("foo", "s.>")] },
      },
      `Error adding stream import "s.>": import forms a cycle`,
    ],
    [
      { bar: { imports: [importStream("nobody", "s")] } },
      `"nobody" account not defined for stream import`,
    ],
  ];
  for (const [accounts, text] of rows) {
    await assert.rejects(TestAccounts.open(accounts), {
      code: "ENGINE_OPTION_INVALID",
      message: text,
    });
  }
});
