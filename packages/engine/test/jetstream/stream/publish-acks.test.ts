import assert from "node:assert/strict";
import { test } from "node:test";
import { SimWorld } from "@oxbow/testkit";
import fc from "fast-check";
import {
  ackPrefixOf,
  DUPLICATE_DETAIL,
  PublishAcks,
} from "../../../src/jetstream/stream/publish-acks.ts";
import { Account } from "../../../src/routing/account.ts";
import { MessageView } from "../../../src/routing/message.ts";
import { InternalSubscription } from "../../../src/routing/subscription.ts";

function newAccount(): Account {
  return new Account("A", new SimWorld("acks").host().random);
}

function newOwner(name: string): {
  ackPrefix: Buffer;
  isAsync: boolean;
  log: { committedSequence: number; isDeleted: boolean };
} {
  return {
    ackPrefix: ackPrefixOf(name, undefined),
    isAsync: false,
    log: { committedSequence: 0, isDeleted: false },
  };
}

function publishFor(reply: string): MessageView {
  const message = new MessageView();
  const bytes = Buffer.from(`xx${reply}yy`);
  message.setReply(bytes, 2, bytes.length - 2);
  return message;
}

/** Everything published on a subject, as `<subject> <payload>`. */
function overhear(account: Account, subject = ">"): string[] {
  const heard: string[] = [];
  const note = (message: MessageView): void => {
    const { payloadBuffer, payloadStart, payloadEnd } = message;
    const payload = payloadBuffer.toString("utf8", payloadStart, payloadEnd);
    heard.push(`${message.subjectText()} ${payload}`);
  };
  account.subscribe(new InternalSubscription(subject, note));
  return heard;
}

test("an acknowledgement is sent once its message is durable, in the order of the publishes", () => {
  const account = newAccount();
  const heard = overhear(account);
  const acks = new PublishAcks(account);
  const [a, b] = [newOwner("A"), newOwner("B")];
  acks.push(a, publishFor("r.1"), 1);
  acks.push(b, publishFor("r.2"), 1);
  acks.push(a, publishFor("r.3"), 1, DUPLICATE_DETAIL);
  acks.send();
  assert.deepEqual(heard, []);
  a.log.committedSequence = 1;
  b.log.committedSequence = 1;
  acks.send();
  assert.deepEqual(heard, [
    'r.1 {"stream":"A","seq":1}',
    'r.2 {"stream":"B","seq":1}',
    'r.3 {"stream":"A","seq":1,"duplicate": true}',
  ]);
  assert.equal(acks.length, 0);
});

test("what is durable already is acknowledged at once", () => {
  const account = newAccount();
  const heard = overhear(account);
  const acks = new PublishAcks(account);
  const owner = newOwner("A");
  owner.log.committedSequence = 5;
  acks.push(owner, publishFor("r.1"), 5);
  assert.deepEqual(heard, ['r.1 {"stream":"A","seq":5}']);
});

test("a stream that is deleted with messages under way holds up no other", () => {
  const account = newAccount();
  const heard = overhear(account);
  const acks = new PublishAcks(account);
  const [gone, other] = [newOwner("GONE"), newOwner("B")];
  acks.push(gone, publishFor("r.1"), 1);
  acks.push(other, publishFor("r.2"), 1);
  gone.log.isDeleted = true;
  other.log.committedSequence = 1;
  acks.send();
  assert.deepEqual(heard, ['r.2 {"stream":"B","seq":1}']);
  assert.equal(acks.length, 0);
});

test("who gets an acknowledgement may cause others, and everybody gets their own", () => {
  const account = newAccount();
  const acks = new PublishAcks(account);
  const owner = newOwner("A");
  let left = 3;
  const again = (): void => {
    if (left-- > 0) acks.push(owner, publishFor("r.nested"), owner.log.committedSequence);
  };
  const early = overhear(account, "r.*");
  account.subscribe(new InternalSubscription("r.*", again));
  const late = [overhear(account, "r.*"), overhear(account, "r.>"), overhear(account, ">")];
  acks.push(owner, publishFor("r.first"), 7);
  owner.log.committedSequence = 7;
  acks.send();
  for (const heard of [early, ...late]) {
    const nested = Array(3).fill('r.nested {"stream":"A","seq":7}');
    assert.deepEqual(heard.toSorted(), ['r.first {"stream":"A","seq":7}', ...nested]);
  }
});

test("however pushes and commits interleave, each publish is acknowledged once and in order", () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ stream: fc.nat(3), size: fc.nat(300), kind: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.constant("commit" as const) },
  );
  const property = fc.property(fc.array(step, { maxLength: 2_000, size: "max" }), (steps) => {
    const account = newAccount();
    const heard = overhear(account);
    const acks = new PublishAcks(account);
    const owners = ["A", "B", "C", "D"].map(newOwner);
    const lasts = [0, 0, 0, 0];
    const expected: string[] = [];
    const commit = (): void => {
      for (const [index, { log }] of owners.entries())
        log.committedSequence = lasts[index] as number;
      acks.send();
      assert.deepEqual(heard, expected);
      assert.equal(acks.length, 0);
    };
    for (const step of steps) {
      if (step === "commit") {
        commit();
        continue;
      }
      const sequence = (lasts[step.stream] as number) + 1;
      lasts[step.stream] = sequence;
      const reply = `r.${expected.length}.x${"x".repeat(step.size)}`;
      const detail = [',"val":"ü"', `{"type":"ack","seq":${sequence}}`][step.kind] ?? "";
      acks.push(owners[step.stream] as (typeof owners)[0], publishFor(reply), sequence, detail);
      const body = `{"stream":"${"ABCD"[step.stream]}","seq":${sequence}${detail}}`;
      expected.push(`${reply} ${detail.startsWith("{") ? detail : body}`);
    }
    commit();
  });
  fc.assert(property, { numRuns: 30 });
});
