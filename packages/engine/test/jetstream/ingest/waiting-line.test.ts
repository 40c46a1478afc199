import assert from "node:assert/strict";
import { test } from "node:test";
import { WaitingLine } from "../../../src/jetstream/ingest/waiting-line.ts";
import { MessageView } from "../../../src/routing/message.ts";

function message(subject: string, size = 0): MessageView {
  const view = new MessageView();
  const bytes = Buffer.from(subject);
  view.setSubject(bytes, 0, bytes.length);
  view.setPayload(Buffer.alloc(size), 0, size, 0);
  return view;
}

test("messages are taken in their order, also when one of them waits again", () => {
  const taken: string[] = [];
  const loads: (() => void)[] = [];
  const line = new WaitingLine(
    (view) => {
      const subject = view.subjectText();
      if (subject === "again" && !taken.includes("once")) {
        taken.push("once");
        line.wait(view, (done) => loads.push(done));
      } else {
        taken.push(subject);
      }
    },
    () => {},
  );
  line.wait(message("first"), (done) => loads.push(done));
  for (const subject of ["second", "again", "last"]) assert.ok(line.push(message(subject)));
  assert.deepEqual(taken, []);
  loads.shift()?.();
  assert.deepEqual(taken, ["first", "second", "once"]);
  assert.equal(line.isActive, true);
  assert.ok(line.push(message("later")));
  loads.shift()?.();
  assert.deepEqual(taken, ["first", "second", "once", "again", "last", "later"]);
  assert.equal(line.isActive, false);
});

test("what is there at once holds up nobody", () => {
  const taken: string[] = [];
  let left = 3;
  const line = new WaitingLine(
    (view) => {
      if (left-- > 0) line.wait(view, (done) => done());
      else taken.push(view.subjectText());
    },
    () => {},
  );
  line.wait(message("a"), (done) => done());
  assert.deepEqual(taken, ["a"]);
  assert.equal(line.isActive, false);
});

test("a line is bounded, and says when it is long and when it is not any more", () => {
  let drained = 0;
  const loads: (() => void)[] = [];
  const line = new WaitingLine(
    () => {},
    () => drained++,
  );
  line.wait(message("a"), (done) => loads.push(done));
  for (let count = 1; count < 10_000; count++) assert.ok(line.push(message("b")));
  assert.equal(line.push(message("b")), false, "too many");
  loads.shift()?.();
  assert.equal(drained, 0);
  line.wait(message("a"), (done) => loads.push(done));
  assert.ok(line.push(message("b", 31 * 1024 * 1024)));
  assert.equal(line.isPressed, true);
  assert.equal(line.push(message("b", 1024 * 1024)), false, "too large");
  loads.shift()?.();
  assert.equal(drained, 1);
  assert.equal(line.isPressed, false);
});

test("nothing is taken once it is closed", () => {
  const loads: (() => void)[] = [];
  const line = new WaitingLine(
    () => assert.fail(),
    () => assert.fail(),
  );
  line.wait(message("a"), (done) => loads.push(done));
  line.close();
  loads.shift()?.();
});

test("who asks behind messages is served after them, and before later ones", () => {
  const order: string[] = [];
  const loads: (() => void)[] = [];
  const line = new WaitingLine(
    (view) => {
      const subject = view.subjectText();
      if (subject === "again" && !order.includes("once")) {
        order.push("once");
        line.wait(view, (done) => loads.push(done));
      } else {
        order.push(subject);
      }
    },
    () => {},
  );
  line.behind(() => order.push("free"));
  line.wait(message("first"), (done) => loads.push(done));
  line.behind(() => order.push("after first"));
  line.push(message("again"));
  line.behind(() => order.push("after again"));
  line.push(message("last"));
  loads.shift()?.();
  assert.deepEqual(order, ["free", "first", "after first", "once"]);
  loads.shift()?.();
  assert.deepEqual(order.slice(4), ["again", "after again", "last"]);
});

test("who asks behind messages is served though the line is closed", () => {
  let served = 0;
  const line = new WaitingLine(
    () => {},
    () => {},
  );
  line.wait(message("first"), () => {});
  line.behind(() => served++);
  line.close();
  line.behind(() => served++);
  assert.equal(served, 2);
});
