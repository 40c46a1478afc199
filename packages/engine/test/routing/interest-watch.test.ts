import assert from "node:assert/strict";
import { test } from "node:test";
import { SimWorld } from "@oxbow/testkit";
import { Account } from "../../src/routing/account.ts";
import { InternalSubscription } from "../../src/routing/subscription.ts";

function openAccount(): Account {
  return new Account("A", new SimWorld("watch").host().random);
}

function subscribe(account: Account, subject: string, queue = ""): InternalSubscription {
  const subscription = new InternalSubscription(subject, () => {}, queue);
  account.subscribe(subscription);
  return subscription;
}

test("a watch hears of exact subscriptions that come and go, and of nothing else", () => {
  const account = openAccount();
  const seen: boolean[] = [];
  const watch = account.watchInterest("d.x", "", () => seen.push(watch.hasInterest));
  const exact = subscribe(account, "d.x");
  const other = subscribe(account, "d.y");
  const wild = subscribe(account, "d.*");
  const member = subscribe(account, "d.x", "g");
  assert.deepEqual(seen, [true]);
  for (const each of [other, wild, member, exact]) account.unsubscribe(each);
  assert.deepEqual(seen, [true, false]);
  subscribe(account, "d.>");
  assert.equal(watch.hasInterest, false);
});

test("interest that was there before counts, and lasts as long as one of several", () => {
  const account = openAccount();
  const [first, second] = [subscribe(account, "d"), subscribe(account, "d")];
  const seen: boolean[] = [];
  const watch = account.watchInterest("d", "", () => seen.push(watch.hasInterest));
  assert.equal(watch.hasInterest, true);
  account.unsubscribe(first);
  account.unsubscribe(second);
  assert.deepEqual(seen, [true, false]);
});

test("a watch of a queue group looks at that group alone", () => {
  const account = openAccount();
  const watch = account.watchInterest("d", "g", () => {});
  subscribe(account, "d");
  subscribe(account, "d", "h");
  subscribe(account, "*", "g");
  assert.equal(watch.hasInterest, false);
  const member = subscribe(account, "d", "g");
  assert.equal(watch.hasInterest, true);
  account.unsubscribe(member);
  assert.equal(watch.hasInterest, false);
});

test("a watch that was closed hears nothing, and may close while it is told", () => {
  const account = openAccount();
  let calls = 0;
  const once = account.watchInterest("d", "", () => {
    calls++;
    once.close();
  });
  const never = account.watchInterest("d", "", () => calls++);
  never.close();
  subscribe(account, "d");
  subscribe(account, "d");
  assert.equal(calls, 1);
});
