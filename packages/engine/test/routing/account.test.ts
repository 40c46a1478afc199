import assert from "node:assert/strict";
import { test } from "node:test";
import { Account } from "../../src/routing/account.ts";
import { MessageView } from "../../src/routing/message.ts";
import { InternalSubscription } from "../../src/routing/subscription.ts";
import { TestHost } from "../connection/test-host.ts";

function newAccount(): Account {
  return new Account("A", new TestHost().random);
}

function messageTo(subject: string, payload = ""): MessageView {
  const message = new MessageView();
  const bytes = Buffer.from(subject + payload);
  const split = Buffer.byteLength(subject);
  message.setSubject(bytes, 0, split);
  message.setPayload(bytes, split, bytes.length, 0);
  return message;
}

test("every plain subscription and one of each queue group gets a message", () => {
  const account = newAccount();
  const got: string[] = [];
  for (const [subject, queue] of [
    ["a.b", ""],
    ["a.*", ""],
    ["a.>", "workers"],
    ["a.b", "workers"],
    ["*.b", "others"],
    ["a.c", ""],
  ] as const) {
    account.subscribe(new InternalSubscription(subject, () => got.push(queue || subject), queue));
  }
  assert.equal(account.publish(messageTo("a.b")), 4);
  assert.deepEqual(got.sort(), ["a.*", "a.b", "others", "workers"]);
});

test("a queue group shares its messages among its members", () => {
  const account = newAccount();
  const counts = [0, 0, 0, 0];
  for (let member = 0; member < counts.length; member++) {
    const count = (): void => {
      counts[member] = (counts[member] ?? 0) + 1;
    };
    account.subscribe(new InternalSubscription("work", count, "workers"));
  }
  const message = messageTo("work");
  for (let index = 0; index < 4_000; index++) account.publish(message);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    4_000,
  );
  for (const count of counts) assert.ok(count > 800 && count < 1_200, `${counts}`);
});

test("a handler may publish, also to its own subject, while a message is being delivered", () => {
  const account = newAccount();
  const got: string[] = [];
  const levels = [messageTo("count"), messageTo("count"), messageTo("count")];
  let level = 0;
  account.subscribe(
    new InternalSubscription("count", (message) => {
      const next = levels[++level];
      if (next !== undefined) account.publish(next);
      got.push(message.subjectText());
    }),
  );
  account.subscribe(new InternalSubscription("count", () => got.push("second")));
  assert.equal(account.publish(levels[0] as MessageView), 2);
  assert.equal(got.length, 6);
});

test("what is unsubscribed during a delivery gets nothing more, what is subscribed only the next message", () => {
  const account = newAccount();
  const got: string[] = [];
  const victim = new InternalSubscription("a", () => got.push("victim"));
  const newcomer = new InternalSubscription("a", () => got.push("newcomer"));
  let isFirst = true;
  account.subscribe(
    new InternalSubscription("a", () => {
      if (!isFirst) return;
      isFirst = false;
      account.unsubscribe(victim);
      account.subscribe(newcomer);
    }),
  );
  account.subscribe(victim);
  assert.equal(account.publish(messageTo("a")), 1);
  assert.deepEqual(got, []);
  assert.equal(account.publish(messageTo("a")), 2);
  assert.deepEqual(got, ["newcomer"]);
});

test("a message can be routed by one subject and show another", () => {
  const account = newAccount();
  const inbox = Buffer.from("xx_INBOX.1yy");
  let got = "";
  account.subscribe(
    new InternalSubscription("_INBOX.*", (message) => {
      got = `${message.subjectText()} ${message.payloadBuffer.toString("latin1", message.payloadStart, message.payloadEnd)}`;
    }),
  );
  assert.equal(account.publishTo(inbox, 2, 10, messageTo("orders.eu", "hello")), 1);
  assert.equal(got, "orders.eu hello");
  assert.equal(account.hasInterest(inbox, 2, 10), true);
  assert.equal(account.hasInterest(inbox, 2, 8), false);
});
