import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** Pause between two beats; the kernel adds some 50 µs. A timer of the event loop could only do 1 ms. */
const BEAT_MS = 0.05;

/** In the shared memory: nothing ever changes here, it only serves to sleep on. */
const SLEEP_CELL = 0;
/** In the shared memory: 1 while a beat is on its way, so that a busy event loop is not flooded with them. */
const PENDING_CELL = 1;

/**
 * Calls back many times per millisecond while the event loop sleeps in between, so that it neither spins, which would
 * take the CPU from the server, nor misses what arrives meanwhile.
 */
export class Metronome {
  readonly #worker: Worker;

  constructor(onBeat: () => void) {
    const cells = new Int32Array(new SharedArrayBuffer(8));
    this.#worker = new Worker(new URL(import.meta.url), { workerData: cells });
    this.#worker.on("message", () => {
      Atomics.store(cells, PENDING_CELL, 0);
      onBeat();
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** The worker's part: it sleeps and beats until it is terminated. */
function beat(cells: Int32Array): never {
  for (;;) {
    Atomics.wait(cells, SLEEP_CELL, 0, BEAT_MS);
    if (Atomics.exchange(cells, PENDING_CELL, 1) === 0) parentPort?.postMessage(undefined);
  }
}

if (!isMainThread) beat(workerData);
