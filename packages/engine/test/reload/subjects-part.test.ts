import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineOptions } from "../../src/engine-options.ts";
import {
  importService,
  importStream,
  message,
  messages,
  pub,
  service,
  stream,
  type TestAccount,
  TestAccounts,
} from "../routing/support/accounts.ts";

function optionsOf(accounts: Readonly<Record<string, TestAccount>>): EngineOptions {
  return {
    listen: { host: "127.0.0.1", port: 0 },
    jetstream: { enabled: false },
    accounts: Object.entries(accounts).map(([name, account]) => ({
      name,
      users: [{ user: name, password: name }],
      ...account,
    })),
  };
}

const shared = {
  foo: { exports: [service("q"), stream("s.>")] },
  bar: { imports: [importService("foo", "q"), importStream("foo", "s.>")] },
} satisfies Record<string, TestAccount>;

test("what accounts share can change while clients are connected", async () => {
  const accounts = await TestAccounts.open({ foo: {}, bar: {} });
  const exporter = accounts.client("foo");
  const importer = accounts.client("bar");
  exporter.send("SUB q 1\r\n");
  importer.send("SUB s.* 1\r\nSUB inbox 2\r\n");
  exporter.send(pub("s.1"));
  assert.match(importer.send(pub("q", "", "inbox")), /503/);

  const outcome = await accounts.engine.reload(optionsOf(shared));
  assert.deepEqual(outcome.refused, []);
  exporter.send(pub("s.1"));
  assert.equal(message(importer.take()).subject, "s.1");
  importer.send(pub("q", "", "inbox"));
  const { reply } = message(exporter.take());

  // An answer under way gets home although the import is gone by then.
  await accounts.engine.reload(optionsOf({ ...shared, bar: {} }));
  exporter.send(pub(reply, "!") + pub("s.1"));
  assert.deepEqual(
    messages(importer.take()).map(({ subject }) => subject),
    ["inbox"],
  );
  assert.match(importer.send(pub("q", "", "inbox")), /503/);
});

test("an export that is taken back ends what others import", async () => {
  const accounts = await TestAccounts.open(shared);
  const exporter = accounts.client("foo");
  const importer = accounts.client("bar");
  exporter.send("SUB q 1\r\n");
  importer.send("SUB s.* 1\r\nSUB inbox 2\r\n");
  await assert.rejects(accounts.engine.reload(optionsOf({ ...shared, foo: {} })), {
    code: "ENGINE_OPTION_INVALID",
    message: `Error adding stream import "s.>": stream import not authorized`,
  });
  exporter.send(pub("s.1"));
  assert.equal(messages(importer.take()).length, 1, "nothing was changed");
  // As accounts of operators change, one at a time.
  const foo = accounts.engine.account("foo");
  const { sharing } = foo;
  assert.ok(sharing);
  sharing.exports.replace([]);
  accounts.engine.account("bar").sharing?.imports.revalidate();
  exporter.send(pub("s.1"));
  assert.equal(messages(importer.take()).length, 0);
  assert.match(importer.send(pub("q", "", "inbox")), /503/);
});

test("what stays as it was is not disturbed", async () => {
  const accounts = await TestAccounts.open(shared);
  const importer = accounts.client("bar");
  importer.send("SUB s.* 1\r\n");
  const foo = accounts.engine.account("foo");
  let changeCount = 0;
  foo.watchInterest("s.*", "", () => changeCount++);
  const mappings = [{ source: "a", destinations: [{ subject: "b", weightPercent: 100 }] }];
  const bar = { ...shared.bar, mappings };
  await accounts.engine.reload(optionsOf({ ...shared, bar }));
  assert.equal(changeCount, 0);
  const imports = [...shared.bar.imports, importStream("foo", "s.x", { to: "t" })];
  await accounts.engine.reload(optionsOf({ ...shared, bar: { imports } }));
  assert.equal(changeCount, 2);
});

test("mappings can change while clients are connected", async () => {
  const accounts = await TestAccounts.open({ foo: {} });
  const client = accounts.client("foo");
  client.send("SUB > 1\r\n");
  assert.equal(message(client.send(pub("a"))).subject, "a");
  const mappings = [{ source: "a", destinations: [{ subject: "b", weightPercent: 100 }] }];
  await accounts.engine.reload(optionsOf({ foo: { mappings } }));
  assert.equal(message(client.send(pub("a"))).subject, "b");
  await accounts.engine.reload(optionsOf({ foo: {} }));
  assert.equal(message(client.send(pub("a"))).subject, "a");
});
