import assert from "node:assert/strict";
import { test } from "node:test";
import type { SocketHandler } from "@oxbow/base";
import fc from "fast-check";
import { makePipe } from "../../src/in-process/pipe.ts";
import { ManualClock } from "../connection/test-host.ts";

/** What an end of the pipe has heard. */
class Listener implements SocketHandler {
  text = "";
  drainCount = 0;
  closeCount = 0;

  onData(chunk: Buffer): void {
    this.text += chunk.toString("latin1");
  }

  onDrain(): void {
    this.drainCount++;
  }

  onClose(error: Error | undefined): void {
    assert.equal(error, undefined);
    this.closeCount++;
  }
}

/** Both ends, each with somebody who listens. */
function piped(): {
  clock: ManualClock;
  ends: ReturnType<typeof makePipe>;
  listeners: readonly [Listener, Listener];
} {
  const clock = new ManualClock();
  const ends = makePipe(clock);
  const listeners = [new Listener(), new Listener()] as const;
  ends[0].attach(listeners[0]);
  ends[1].attach(listeners[1]);
  return { clock, ends, listeners };
}

/** Ends turns until nothing waits for one. */
function settle(clock: ManualClock): void {
  for (let turn = 0; turn < 20; turn++) clock.endTurn();
}

test("what is written arrives after the turn, and is borrowed until then", () => {
  const { clock, ends, listeners } = piped();
  const [near] = ends;
  const data = Buffer.from("hello");
  let flushedCount = 0;
  near.write(data, () => flushedCount++);
  near.write(Buffer.from(" world"));
  assert.equal(near.pendingBytes, 11);
  assert.equal(listeners[1].text, "");
  clock.endTurn();
  data.fill("x");
  assert.equal(listeners[1].text, "hello world");
  assert.equal(flushedCount, 1);
  assert.equal(near.pendingBytes, 0);
  assert.equal(listeners[0].drainCount, 1);
});

test("nothing comes while paused, nor before somebody listens", () => {
  const { clock, ends, listeners } = piped();
  ends[1].pause();
  ends[0].write(Buffer.from("held"));
  settle(clock);
  assert.equal(listeners[1].text, "");
  assert.equal(ends[0].pendingBytes, 4);
  ends[1].resume();
  settle(clock);
  assert.equal(listeners[1].text, "held");
  const [near, far] = makePipe(clock);
  near.write(Buffer.from("early"));
  settle(clock);
  const late = new Listener();
  far.attach(late);
  settle(clock);
  assert.equal(late.text, "early");
});

test("end sends what is pending first, destroy drops it; both ends hear of it once", () => {
  for (const method of ["end", "destroy"] as const) {
    const { clock, ends, listeners } = piped();
    let flushedCount = 0;
    ends[0].write(Buffer.from("last"), () => flushedCount++);
    ends[1].write(Buffer.from("ignored"), () => flushedCount++);
    ends[0][method]();
    settle(clock);
    ends[0][method]();
    ends[1].write(Buffer.from("late"), () => flushedCount++);
    settle(clock);
    assert.equal(listeners[1].text, method === "end" ? "last" : "");
    assert.equal(listeners[0].text, "");
    assert.equal(flushedCount, 3);
    assert.deepEqual(
      listeners.map(({ closeCount }) => closeCount),
      [1, 1],
    );
    assert.equal(ends[1].pendingBytes, 0);
    const late = new Listener();
    ends[1].attach(late);
    settle(clock);
    assert.equal(late.closeCount, 1);
  }
});

test("whatever both ends do, each byte that arrives was written, in order, and each write is called back", () => {
  const step = fc.tuple(fc.nat(1), fc.constantFrom("write", "pause", "resume", "turn"));
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.constantFrom("end", "destroy", "none"),
      (steps, end) => {
        const { clock, ends, listeners } = piped();
        const written = ["", ""];
        let [writeCount, flushedCount] = [0, 0];
        for (const [side, action] of steps) {
          const socket = ends[side as 0 | 1];
          if (action === "write") {
            const text = String.fromCharCode(97 + (writeCount++ % 26)).repeat(3);
            written[side] += text;
            socket.write(Buffer.from(text), () => flushedCount++);
          } else if (action === "turn") clock.endTurn();
          else socket[action]();
        }
        if (end !== "none") ends[0][end]();
        for (const socket of ends) socket.resume();
        settle(clock);
        assert.equal(flushedCount, writeCount);
        for (const side of [0, 1] as const) {
          const arrived = listeners[side === 0 ? 1 : 0].text;
          const isAll = end === "none" || (end === "end" && side === 0);
          if (isAll) assert.equal(arrived, written[side]);
          else assert.ok((written[side] as string).startsWith(arrived));
          assert.equal(ends[side].pendingBytes, 0);
        }
      },
    ),
  );
});
