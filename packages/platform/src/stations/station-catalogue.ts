import type { Station } from "oxbow/internal";

/** A station, and how many messages came in a second lately. */
export interface CatalogueEntry {
  readonly station: Station;
  /** `null` until it was read twice. */
  readonly messagesPerSecond: number | null;
}

/** What was read of a station, or that there is none of the name. */
export type Reading = readonly [name: string, station: Station | undefined];

/** How many messages had been stored, and how many came in a second before. */
interface Count {
  readonly stored: number;
  readonly atMs: number;
  readonly rate: number | null;
}

/** Counts closer together tell no rate. */
const rateSpanMsMin = 1_000;

/**
 * The stations of an account as they were a moment ago: reading 10,000 takes a second of the server's time, so that who
 * looks at them again and again says how old the answer may be. What is changed through here is in it at once; what others
 * change, as soon as it is read again. However many ask, it is read once at a time.
 */
export class StationCatalogue {
  readonly #list: () => Promise<readonly Station[]>;
  readonly #clock: () => number;
  #stations = new Map<string, Station>();
  #listedMs = Number.NEGATIVE_INFINITY;
  #listing: Promise<void> | undefined = undefined;
  /** What was told while stations are being listed. */
  #toldMeanwhile: Reading[] = [];
  readonly #counts = new Map<string, Count>();

  /**
   * @param list - Reads all of them.
   * @param clock - In ms, never back.
   */
  constructor(
    list: () => Promise<readonly Station[]>,
    clock: () => number = () => performance.now(),
  ) {
    this.#list = list;
    this.#clock = clock;
  }

  /** All of them, read at most so long ago; 0 to have them read. */
  async all(ageMsMax: number): Promise<readonly CatalogueEntry[]> {
    // What is being read already may have been read before somebody's change: too old for who wants it as it is now.
    if (ageMsMax === 0) await this.#listing?.catch(() => undefined);
    if (ageMsMax === 0 || this.#clock() - this.#listedMs > ageMsMax) {
      this.#listing ??= this.#read().finally(() => {
        this.#listing = undefined;
      });
      await this.#listing;
    }
    return [...this.#stations.values()].map((station) => this.#entry(station));
  }

  /** Takes what somebody has read of stations, or changed. */
  tell(readings: readonly Reading[]): void {
    if (this.#listing !== undefined) this.#toldMeanwhile.push(...readings);
    this.#take(readings);
  }

  /** What is known of a station. */
  entry(name: string): CatalogueEntry | undefined {
    const station = this.#stations.get(name);
    return station && this.#entry(station);
  }

  async #read(): Promise<void> {
    const begunMs = this.#clock();
    this.#toldMeanwhile = [];
    const stations = await this.#list();
    this.#stations = new Map();
    this.#take(stations.map((station) => [station.name, station]));
    this.#take(this.#toldMeanwhile);
    for (const name of this.#counts.keys()) {
      if (!this.#stations.has(name)) this.#counts.delete(name);
    }
    this.#listedMs = begunMs;
  }

  #take(readings: readonly Reading[]): void {
    const atMs = this.#clock();
    for (const [name, station] of readings) {
      if (station === undefined) this.#stations.delete(name);
      else {
        this.#stations.set(name, station);
        this.#count(station, atMs);
      }
    }
  }

  #count(station: Station, atMs: number): void {
    const stored = storedOf(station);
    const last = this.#counts.get(station.name);
    if (last === undefined || stored < last.stored) {
      this.#counts.set(station.name, { stored, atMs, rate: null });
    } else if (atMs - last.atMs >= rateSpanMsMin) {
      const rate = ((stored - last.stored) * 1_000) / (atMs - last.atMs);
      this.#counts.set(station.name, { stored, atMs, rate });
    }
  }

  #entry(station: Station): CatalogueEntry {
    return { station, messagesPerSecond: this.#counts.get(station.name)?.rate ?? null };
  }
}

/** Messages that were stored since there is the station. */
export function storedOf({ partitions }: Station): number {
  return partitions.reduce((sum, { lastSequence }) => sum + lastSequence, 0);
}
