import type { MessageSample } from "../contract/index.ts";

/** Where a sample goes: as text in JSON. Resolves once there is room for more. */
type TellSample = (text: string) => Promise<void>;

/** Samples of a station, for as long as they are wanted. */
type SampleSource = (signal: AbortSignal) => AsyncIterable<MessageSample>;

interface Reader {
  readonly tell: TellSample;
  readonly fail: (error: Error) => void;
  /** Has not taken the one before. */
  isBusy: boolean;
  /** Messages of samples that it was too busy for. */
  missed: number;
}

/**
 * One look at a station for everybody who follows it in the same way: what it costs is that of one, but for the writing.
 * Who does not take a sample before the next one comes does without that, and is told how many messages were in it.
 */
export class SharedTail {
  readonly #source: SampleSource;
  readonly #onEnd: () => void;
  readonly #readers: Set<Reader> = new Set();
  readonly #left: AbortController = new AbortController();
  #hasBegun = false;

  /** @param onEnd - Called once when nobody reads it any more, or it can't go on. It is not to be followed then. */
  constructor(source: SampleSource, onEnd: () => void) {
    this.#source = source;
    this.#onEnd = onEnd;
  }

  /** Resolves once it was aborted; rejects when the source does. */
  async follow(tell: TellSample, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const reader: Reader = { tell, fail: reject, isBusy: false, missed: 0 };
    this.#readers.add(reader);
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      void this.#run();
    }
    try {
      await promise;
    } finally {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) this.#end();
    }
  }

  async #run(): Promise<void> {
    try {
      for await (const sample of this.#source(this.#left.signal)) this.#share(sample);
    } catch (error) {
      this.#end();
      for (const reader of this.#readers) reader.fail(error as Error);
    }
  }

  #share(sample: MessageSample): void {
    const text = JSON.stringify(sample);
    for (const reader of this.#readers) {
      if (reader.isBusy) {
        reader.missed += sample.come;
        continue;
      }
      const { missed } = reader;
      reader.missed = 0;
      reader.isBusy = true;
      const told = missed === 0 ? text : JSON.stringify({ ...sample, come: sample.come + missed });
      reader.tell(told).then(() => {
        reader.isBusy = false;
      }, reader.fail);
    }
  }

  #end(): void {
    if (this.#left.signal.aborted) return;
    this.#left.abort();
    this.#onEnd();
  }
}
