import assert from "node:assert/strict";
import { test } from "node:test";
import { SimWorld } from "@oxbow/testkit";
import fc from "fast-check";
import { parsePullRequest } from "../../../src/jetstream/config/pull-request.ts";
import {
  PullQueue,
  type PullQueueEvents,
  type WaitingRequest,
} from "../../../src/jetstream/consumer/pull-queue.ts";
import { Account } from "../../../src/routing/account.ts";
import { Inbox } from "../support/inbox.ts";

/** A queue whose inboxes exist, and what it tells. */
class Observed implements PullQueueEvents {
  readonly account = new Account("A", new SimWorld("pull queue").host().random);
  readonly queue: PullQueue;
  readonly inbox = new Inbox(this.account, "in.*", () => 0);
  readonly told: string[] = [];

  constructor(max = 10) {
    this.queue = new PullQueue(this.account, max);
  }

  add(name: string, request: object, nowMs = 0): void {
    const bytes = Buffer.from(JSON.stringify(request));
    const parsed = parsePullRequest(bytes, 0, bytes.length);
    assert.ok(parsed.kind === "request");
    this.queue.add(Buffer.from(name), parsed, nowMs);
  }

  onExpired({ reply }: WaitingRequest): void {
    this.told.push(`expired ${reply}`);
  }

  onNoMessages({ reply }: WaitingRequest): void {
    this.told.push(`none ${reply}`);
  }

  onHeartbeat({ reply }: WaitingRequest): void {
    this.told.push(`heartbeat ${reply}`);
  }
}

test("requests expire when their time is over, and heartbeats are told in between", () => {
  const observed = new Observed();
  const { queue, told } = observed;
  observed.add("in.a", { expires: 100e6 });
  observed.add("in.b", { expires: 300e6, idle_heartbeat: 120e6 });
  assert.equal(queue.sweep(50, -1, observed), 100);
  assert.equal(queue.sweep(100, -1, observed), 120);
  assert.equal(queue.sweep(125, -1, observed), 245);
  assert.equal(queue.sweep(300, -1, observed), Number.POSITIVE_INFINITY);
  assert.deepEqual(told, ["expired in.a", "heartbeat in.b", "expired in.b"]);
  assert.equal(queue.length, 0);
});

test("requests that do not wait end at the end of the stream", () => {
  const observed = new Observed();
  observed.add("in.a", { no_wait: true });
  observed.add("in.b", { no_wait: true, expires: 1e9 });
  observed.queue.sweep(0, 0, observed);
  assert.deepEqual(observed.told, ["none in.a"], "the other waits for its first message");
  (observed.queue.first as WaitingRequest).delivered = 1;
  observed.queue.sweep(0, 0, observed);
  assert.deepEqual(observed.told, ["none in.a", "none in.b"]);
});

test("requests whose inbox is gone are dropped without a word", () => {
  const observed = new Observed();
  observed.add("elsewhere", {});
  observed.add("in.a", {});
  observed.queue.sweep(0, -1, observed);
  assert.equal(String(observed.queue.first?.reply), "in.a");
  assert.equal(observed.queue.length, 1);
  assert.deepEqual(observed.told, []);
});

test("who is told may change the queue", () => {
  const observed = new Observed();
  observed.onExpired = () => observed.add("in.new", { batch: 7 });
  observed.add("in.a", { expires: 1e6 });
  observed.add("in.b", { batch: 2 });
  observed.queue.sweep(5, -1, observed);
  assert.equal(observed.queue.wanted, 9);
});

test("shifting, rotating and adding keep the order of a plain list", () => {
  const action = fc.constantFrom("add", "shift", "rotate");
  const property = fc.property(fc.array(action, { maxLength: 400 }), (actions) => {
    const observed = new Observed(1000);
    const { queue } = observed;
    const model: string[] = [];
    for (const [index, what] of actions.entries()) {
      if (what === "add") {
        observed.add(`in.${index}`, {});
        model.push(`in.${index}`);
      } else if (what === "shift") {
        if (model.shift() !== undefined) queue.shift();
      } else {
        queue.rotate();
        const first = model.shift();
        if (first !== undefined) model.push(first);
      }
      assert.equal(queue.length, model.length);
      assert.equal(queue.first?.reply.toString(), model[0]);
    }
    assert.deepEqual(
      queue.drain().map(({ reply }) => String(reply)),
      model,
    );
  });
  fc.assert(property);
});
