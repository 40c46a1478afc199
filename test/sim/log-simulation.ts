import { type Log, LogStore, type LogStoreOptions, UNLIMITED } from "@oxbow/log";
import {
  ANY_SITE,
  checkHistory,
  describeViolations,
  History,
  type SimDisk,
  type SimHost,
  type SimRandom,
  SimWorld,
} from "@oxbow/testkit";
import { LogObserver } from "./log-observer.ts";
import { recordContents } from "./log-reading.ts";
import { ListExpectation, NumberList } from "./log-states.ts";
import type { Plant } from "./plants.ts";

const LOG_NAMES = ["plain", "table", "queue"] as const;
const CYCLES = 4;
/** Events of a life, at most. */
const EVENTS_MAX = 900;

/**
 * Lives and deaths of a log store: each life does a seeded mix of everything, and ends by a power loss, a SIGKILL, a disk
 * that fails or a clean close. After each, everything is read and compared with what was acknowledged.
 */
export async function simulateLog(seed: number, plant: Plant | undefined): Promise<string[]> {
  const simulation = new LogSimulation(seed, plant);
  return await simulation.run();
}

class LogSimulation {
  readonly #world: SimWorld;
  readonly #random: SimRandom;
  readonly #plant: Plant | undefined;
  readonly #options: LogStoreOptions;
  readonly #history = new History();
  readonly #lists = new Map<string, ListExpectation>();
  /** What was appended as one to each log, oldest first. */
  readonly #groups = new Map<string, { readonly first: number; readonly last: number }[]>();
  readonly #problems: string[] = [];
  #messageCount = 0;

  constructor(seed: number, plant: Plant | undefined) {
    this.#world = new SimWorld(seed);
    this.#random = this.#world.random;
    this.#plant = plant;
    this.#options = {
      directory: "/data",
      journalSizeMax: 8_192 * this.#random.pick([2, 3, 8]),
      segmentSizeMax: this.#random.pick([400, 1_500, 6_000]),
    };
    for (const name of LOG_NAMES) {
      this.#lists.set(name, new ListExpectation());
      this.#groups.set(name, []);
    }
  }

  async run(): Promise<string[]> {
    let disk: SimDisk | undefined;
    for (let cycle = 0; cycle < CYCLES && this.#problems.length === 0; cycle++) {
      disk = await this.#live(this.#world.host(disk === undefined ? {} : { disk }));
    }
    const host = this.#world.host(disk === undefined ? {} : { disk });
    await this.#world.play(async () => {
      const store = await this.#open(host);
      await store.close();
    });
    const violations = checkHistory(this.#history.events);
    if (violations.length > 0) this.#problems.push(describeViolations(violations));
    return this.#problems;
  }

  /** One life of the store, up to its end by chance; gives the disk as the next one finds it. */
  async #live(host: SimHost): Promise<SimDisk> {
    const random = this.#random;
    if (random.chance(0.2)) {
      const code = random.pick(["EIO", "ENOSPC"]);
      host.disk.failAt(ANY_SITE, 1 + random.below(250), code, random.chance(0.5));
    }
    let error: Error | undefined;
    let isOver = false;
    const life = this.#open(host).then((store) => this.#work(store, host));
    life.then(
      () => (isOver = true),
      (reason: Error) => {
        isOver = true;
        error = reason;
      },
    );
    const events = 1 + random.below(EVENTS_MAX);
    await this.#world.run({ events, until: () => isOver });
    // A disk that fails is no reason to stop the simulation; anything else is.
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    if (error !== undefined && !["EIO", "ENOSPC", "LOG_FAILED"].includes(String(code))) throw error;
    return random.chance(0.3) ? host.kill() : host.crash();
  }

  /** Opens the store, and judges what it has. */
  async #open(host: SimHost): Promise<LogStore> {
    const store = await LogStore.open(this.#options, host);
    for (const { file, reason } of store.damage)
      this.#problems.push(`damage in ${file}: ${reason}`);
    if (this.#history.events.length > 0) this.#history.record({ type: "restarted" });
    for (const name of LOG_NAMES) {
      const log = store.log(name);
      const state = store.state(name);
      const list = new NumberList(state?.recovered);
      state?.adopt(list);
      const problem = this.#lists.get(name)?.check(name, list.values);
      if (problem !== undefined) this.#problems.push(problem);
      if (log === undefined) continue;
      await recordContents(log, this.#history);
      // Every append comes with an entry of the list, in one commit.
      const last = list.values.at(-1) ?? 0;
      if (last !== log.lastSequence) {
        this.#problems.push(`${name} ends at ${log.lastSequence}, its state at ${last}`);
      }
      this.#checkGroups(name, log.lastSequence);
    }
    return store;
  }

  /** What was appended as one is there as a whole, or not at all. */
  #checkGroups(name: string, lastSequence: number): void {
    const groups = this.#groups.get(name) ?? [];
    for (const { first, last } of groups) {
      if (first <= lastSequence && lastSequence < last) {
        this.#problems.push(
          `${name} ends at ${lastSequence}, in the middle of ${first} to ${last}`,
        );
      }
    }
    // Sequences of what was lost are given again.
    this.#groups.set(
      name,
      groups.filter(({ last }) => last <= lastSequence),
    );
  }

  async #work(store: LogStore, host: SimHost): Promise<void> {
    const observers = LOG_NAMES.map((name) => this.#observe(store, name));
    store.log("table")?.setLimits({ ...UNLIMITED, perSubjectMax: 1 });
    store.log("queue")?.setLimits({ ...UNLIMITED, countMax: 25 });
    for (let step = 0; step < 60; step++) {
      this.#change(store, host, this.#random.pick(observers));
      for (const observer of observers) observer.confirmRemovals();
      if (this.#random.chance(0.4)) await store.durable();
      else if (this.#random.chance(0.1)) await store.checkpoint();
      else await host.clock.advance(this.#random.between(0, 0.5));
    }
    await store.close();
  }

  #observe(store: LogStore, name: string): LogObserver {
    const log = store.log(name) ?? store.createLog(name, "file");
    if (store.state(name) === undefined) store.createState(name, new NumberList());
    return new LogObserver(log, store, this.#history, this.#plant);
  }

  #change(store: LogStore, host: SimHost, observer: LogObserver): void {
    const random = this.#random;
    const { log } = observer;
    const choice = random.below(10);
    if (choice < 6 || log.count === 0) {
      const count = 1 + random.below(12);
      const append = (): void => {
        for (let i = 0; i < count; i++) this.#append(store, host, observer);
      };
      if (random.chance(0.3)) this.#together(log, append);
      else append();
    } else if (choice < 8) {
      const span = log.lastSequence - log.firstSequence + 1;
      for (let i = random.below(4); i >= 0; i--) {
        log.remove(log.firstSequence + random.below(span));
      }
    } else if (choice === 8) {
      const id = log.subjectIdOf(log.nextSequence(0));
      log.removeMatching((subjectId) => subjectId === id, log.lastSequence, random.below(2));
    } else {
      observer.removeBelow(log.firstSequence + random.below(10));
    }
  }

  #together(log: Log, append: () => void): void {
    const first = log.lastSequence + 1;
    log.appendTogether(1_000, append);
    this.#groups.get(log.name)?.push({ first, last: log.lastSequence });
  }

  #append(store: LogStore, host: SimHost, observer: LogObserver): void {
    const random = this.#random;
    const { log } = observer;
    const size = random.chance(0.05) ? random.below(9_000) : random.below(120);
    const payload = Buffer.from(`m${this.#messageCount++} `.padEnd(size, "x"));
    const subject = random.chance(0.1) ? `rare.${this.#messageCount}` : `s.${random.below(6)}`;
    observer.append(subject, payload, host.clock.nowMs());
    const state = store.state(log.name);
    const list = state?.source as NumberList;
    const expected = this.#lists.get(log.name) as ListExpectation;
    list.values.push(log.lastSequence);
    expected.values = [...list.values];
    state?.markDirty();
    const count = list.values.length;
    if (this.#plant === "ack-before-sync") expected.durableCount = count;
    store.afterCommit((error) => {
      if (error === null) expected.durableCount = Math.max(expected.durableCount, count);
    });
  }
}
