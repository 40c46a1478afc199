import type { Host } from "@oxbow/base";
import { ByteReader, type ByteWriter, LogStore, type LogStoreOptions, UNLIMITED } from "@oxbow/log";
import { append, contents } from "./messages.ts";

/** Sizes so small that every few commits begin a journal file, and every few messages a segment. */
export const SCRIPT_OPTIONS: LogStoreOptions = {
  directory: "/data",
  journalSizeMax: 24 * 1024,
  segmentSizeMax: 700,
};

/** Everything in a store, as text: two are equal if nobody could tell the stores apart. */
export type Image = string;

/** A list of numbers that is committed as a state: whole, or what was added since. */
export class Numbers {
  values: number[] = [];
  #committedCount = 0;

  encodeSnapshot(writer: ByteWriter): void {
    this.#committedCount = this.values.length;
    for (const value of this.values) writer.integer(value);
  }

  encodeDelta(writer: ByteWriter): void {
    for (const value of this.values.slice(this.#committedCount)) writer.integer(value);
    this.#committedCount = this.values.length;
  }

  static of({ snapshot, deltas }: { snapshot: Buffer; deltas: readonly Buffer[] }): Numbers {
    const numbers = new Numbers();
    for (const bytes of [snapshot, ...deltas]) {
      const reader = new ByteReader(bytes);
      while (!reader.done) numbers.values.push(reader.integer());
    }
    numbers.#committedCount = numbers.values.length;
    return numbers;
  }
}

/** Reads everything in a store. */
export async function imageOf(store: LogStore): Promise<Image> {
  const lines: string[] = [];
  for (const log of store.logs.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    lines.push(`log ${log.name} ${log.firstSequence}..${log.lastSequence} count ${log.count}`);
    for (const line of await contents(log)) lines.push(`  ${line}`);
  }
  for (const state of store.states.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const numbers = state.recovered ? Numbers.of(state.recovered) : (state.source as Numbers);
    lines.push(`state ${state.key} ${numbers.values.join(" ")}`);
  }
  return lines.join("\n");
}

/** One change of a store, all of it in one commit. */
type Step = (store: LogStore, stepIndex: number) => void;

const payloadOf = (step: number, size: number): string =>
  `${step}-`.padEnd(size, String.fromCharCode(97 + (step % 26)));

const appends =
  (name: string, count: number, size: number): Step =>
  (store, step) => {
    for (let i = 0; i < count; i++) {
      const log = store.log(name);
      if (log) append(log, { subject: `s.${(step + i) % 4}`, payload: payloadOf(step, size) });
    }
  };

const adds =
  (key: string): Step =>
  (store, step) => {
    const state = store.state(key);
    (state?.source as Numbers | undefined)?.values.push(step);
    state?.markDirty();
  };

const onLog =
  (name: string, change: (log: NonNullable<ReturnType<LogStore["log"]>>) => void): Step =>
  (store) => {
    const log = store.log(name);
    if (log) change(log);
  };

const all =
  (...steps: Step[]): Step =>
  (store, step) => {
    for (const part of steps) part(store, step);
  };

/** Every kind of change there is, in an order that makes them meet. */
export const SCRIPT: readonly Step[] = [
  (store) => void store.createLog("a", "file"),
  appends("a", 3, 40),
  (store) => void store.createState("progress", new Numbers()),
  all(appends("a", 2, 100), adds("progress")),
  (store) => void store.createLog("b", "file"),
  all(appends("a", 1, 10), appends("b", 4, 60), adds("progress")),
  onLog("a", (log) => void log.remove(2)),
  all(adds("progress"), adds("progress")),
  appends("b", 6, 90),
  onLog("b", (log) => void log.removeBelow(4)),
  appends("a", 5, 200),
  onLog("a", (log) => void append(log, { subject: "batch", payload: "six", count: 6 })),
  all(
    onLog("a", (log) => void log.remove(log.lastSequence - 2)),
    appends("b", 2, 300),
  ),
  (store) => void store.createLog("c", "file"),
  all(appends("c", 8, 50), adds("progress")),
  onLog("b", (log) => void log.removeMatching((id) => id === 1, Number.POSITIVE_INFINITY, 0)),
  appends("b", 3, 5_000),
  (store) => {
    const log = store.log("c");
    if (log) store.deleteLog(log);
  },
  appends("a", 3, 30),
  (store) => void store.createState("short-lived", new Numbers()),
  onLog("a", (log) => {
    for (let sequence = log.lastSequence - 6; sequence < log.lastSequence; sequence++) {
      log.remove(sequence);
    }
  }),
  all(adds("short-lived"), appends("b", 1, 20)),
  onLog("b", (log) => void log.removeBelow(log.lastSequence + 1)),
  onLog("b", (log) => log.skipTo(1_000)),
  appends("b", 4, 150),
  (store) => store.state("short-lived")?.delete(),
  (store) => void store.createLog("c", "file"),
  all(appends("c", 4, 120), appends("a", 4, 120)),
  onLog("a", (log) => void log.removeMatching(() => true, log.lastSequence, 3)),
  all(appends("a", 2, 20), adds("progress")),
  (store) => {
    const log = store.createLog("table", "file");
    log.setLimits({ ...UNLIMITED, perSubjectMax: 1 });
  },
  // Few of the many are left, so that segments are compacted, and compacted again.
  ...Array.from({ length: 24 }, (_, i): Step => {
    const churn: Step = (store, step) => {
      const log = store.log("table");
      for (let n = 0; log && n < 5; n++) {
        const subject = n === 0 && i % 3 === 0 ? `kept.${i}` : `key.${n}`;
        append(log, { subject, payload: payloadOf(step, 40) });
      }
    };
    return i % 6 === 5
      ? all(
          churn,
          onLog("table", (log) => void log.remove(log.firstSequence)),
        )
      : churn;
  }),
  onLog("table", (log) => void log.removeBelow(log.firstSequence + 30)),
];

/** How far a run of the script has come. */
export interface Progress {
  /** Images after each step, as a reader of the running store sees them: `images[0]` is the empty store. */
  readonly images: Image[];
  /** Steps whose commit has ended. */
  durableCount: number;
  /** Steps that were begun. */
  begunCount: number;
}

export function newProgress(): Progress {
  return { images: [""], durableCount: 0, begunCount: 0 };
}

/** Runs the script on a new store, a commit for each step, and closes it. Rejects when the store fails. */
export async function runScript(
  host: Host,
  progress: Progress,
  images: readonly Image[],
  options: LogStoreOptions = SCRIPT_OPTIONS,
): Promise<void> {
  const store = await LogStore.open(options, host);
  try {
    for (const [index, step] of SCRIPT.entries()) {
      progress.begunCount = index + 1;
      step(store, index + 1);
      await store.durable();
      progress.durableCount = index + 1;
      if (images.length === 0) progress.images.push(await imageOf(store));
    }
  } finally {
    await store.close();
  }
}

/** Which images a crash at this point may leave. */
export function allowedImages(progress: Progress, images: readonly Image[]): readonly Image[] {
  return images.slice(progress.durableCount, progress.begunCount + 1);
}
