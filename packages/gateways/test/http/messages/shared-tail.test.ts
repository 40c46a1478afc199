import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { MessageSample } from "../../../src/http/contract/index.ts";
import { SharedTail } from "../../../src/http/messages/shared-tail.ts";

/** Gives samples when it is told to. */
class Samples {
  begun = 0;
  ended = 0;
  #next: PromiseWithResolvers<MessageSample> = Promise.withResolvers();

  give(come: number): void {
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers();
    resolve({ shown: [], come });
  }

  fail(error: Error): void {
    this.#next.reject(error);
  }

  async *of(signal: AbortSignal): AsyncGenerator<MessageSample, void> {
    this.begun += 1;
    signal.addEventListener("abort", () => {
      this.ended += 1;
    });
    while (!signal.aborted) yield await this.#next.promise;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

suite("a tail that is shared", () => {
  test("looks once for all who read, and ends with the last of them", async () => {
    const samples = new Samples();
    let ends = 0;
    const tail = new SharedTail(
      (signal) => samples.of(signal),
      () => {
        ends += 1;
      },
    );
    const told: string[][] = [[], []];
    const left = [new AbortController(), new AbortController()];
    const readers = left.map(({ signal }, index) =>
      tail.follow((text) => Promise.resolve(void told[index]?.push(text)), signal),
    );
    samples.give(3);
    await turn();
    left[0]?.abort();
    await readers[0];
    samples.give(2);
    await turn();
    assert.deepEqual([samples.begun, samples.ended, ends], [1, 0, 0]);
    left[1]?.abort();
    await readers[1];
    assert.deepEqual([samples.begun, samples.ended, ends], [1, 1, 1]);
    assert.deepEqual(told, [
      ['{"shown":[],"come":3}'],
      ['{"shown":[],"come":3}', '{"shown":[],"come":2}'],
    ]);
  });

  test("waits for nobody: who is slow is told how many it has missed", async () => {
    const samples = new Samples();
    const tail = new SharedTail(
      (signal) => samples.of(signal),
      () => undefined,
    );
    const [slow, quick]: [string[], string[]] = [[], []];
    const room = Promise.withResolvers<void>();
    const left = new AbortController();
    const readers = [
      tail.follow((text) => {
        slow.push(text);
        return room.promise;
      }, left.signal),
      tail.follow((text) => Promise.resolve(void quick.push(text)), left.signal),
    ];
    for (const come of [1, 10, 100]) {
      samples.give(come);
      await turn();
    }
    room.resolve();
    await turn();
    samples.give(1_000);
    await turn();
    left.abort();
    await Promise.all(readers);
    assert.equal(quick.length, 4);
    assert.deepEqual(slow, ['{"shown":[],"come":1}', '{"shown":[],"come":1110}']);
  });

  test("tells everybody why it can't go on", async () => {
    const samples = new Samples();
    let ends = 0;
    const tail = new SharedTail(
      (signal) => samples.of(signal),
      () => {
        ends += 1;
      },
    );
    const { signal } = new AbortController();
    const readers = [0, 1].map(() => tail.follow(() => Promise.resolve(), signal));
    samples.fail(new Error("the station is gone"));
    for (const reader of readers) await assert.rejects(reader, /the station is gone/);
    assert.equal(ends, 1);
  });
});
