import assert from "node:assert/strict";
import { test } from "node:test";
import type { ManualSocket } from "../../connection/test-host.ts";
import {
  importService,
  messages,
  pub,
  service,
  TestAccounts,
} from "../../routing/support/accounts.ts";

/** What comes to a client once the server has done what it has to. */
async function answered({ host }: TestAccounts, client: ManualSocket): Promise<string> {
  let text = "";
  while (text === "") {
    host.clock.endTurn();
    await new Promise(setImmediate);
    text = client.take();
  }
  return text;
}

test("a fast batch may come from another account, and is answered there", async () => {
  const accounts = await TestAccounts.open(
    {
      $G: { jetstream: true, exports: [service("s.a", { responseType: "stream" })] },
      other: { imports: [importService("$G", "s.a")] },
    },
    { jetstream: { enabled: true } },
  );
  const owner = accounts.client("$G");
  owner.send("SUB answer 1\r\n");
  const config = { name: "S", subjects: ["s.*"], storage: "memory", allow_batched: true };
  owner.send(pub("$JS.API.STREAM.CREATE.S", JSON.stringify(config), "answer"));
  const created = await answered(accounts, owner);
  assert.match(created, /"did_create":true/);
  const publisher = accounts.client("other");
  publisher.send("SUB inbox.> 1\r\n");
  const told: string[] = [];
  const send = (sequence: number, operation: number): void => {
    const text = publisher.send(pub("s.a", "x", `inbox.id.1.fail.${sequence}.${operation}.$FI`));
    told.push(...messages(text).map(({ payload }) => payload));
  };
  send(1, 0);
  send(2, 2);
  assert.deepEqual(told, [
    '{"type":"ack","seq":0,"msgs":1}',
    '{"type":"ack","seq":1,"msgs":1}',
    '{"stream":"S","seq":2,"batch":"id","count":2}',
  ]);
});
