import { readFile } from "node:fs/promises";
import { CommandFailure } from "../failures.ts";

/** One message to publish. */
export interface DemoMessage {
  readonly subject: string;
  readonly payload: Uint8Array;
}

/** A data set with the stream it goes to. */
export interface Dataset {
  readonly stream: string;
  readonly subjects: readonly string[];
  readonly description: string;
  /** How many messages the loaded records make. */
  load(): Promise<LoadedDataset>;
}

/** The records of a data set, each of which is one message. */
export interface LoadedDataset {
  readonly count: number;
  /** The message of the record at `index`, from 0; the same at every call. */
  message(index: number): DemoMessage;
}

interface Flight {
  readonly delay: number;
  readonly origin: string;
  readonly destination: string;
}

interface Earthquake {
  readonly properties: { readonly mag: number | null };
}

/** The real data the demo sends: US flights of 2001, and a week of earthquakes from the USGS. */
export const datasets: readonly Dataset[] = [
  {
    stream: "DEMO_FLIGHTS",
    subjects: ["flights.*.*"],
    description: "flights of January 2001, by origin and destination",
    load: () =>
      loadRecords<Flight>(
        "flights-20k.json",
        ({ origin, destination }) => `flights.${origin}.${destination}`,
      ),
  },
  {
    stream: "DEMO_DELAYS",
    subjects: ["delays.*"],
    description: "delays of flights, by how long they were",
    load: () =>
      loadRecords<Flight>("flights-200k.json", ({ delay }) => `delays.${delayBand(delay)}`),
  },
  {
    stream: "DEMO_QUAKES",
    subjects: ["quakes.*"],
    description: "earthquakes of a week, by magnitude",
    load: () =>
      loadRecords<Earthquake>(
        "earthquakes.json",
        ({ properties }) => `quakes.${magnitudeBand(properties.mag)}`,
      ),
  },
];

/** Minutes of delay as a word; airlines call a flight on time below 15 minutes. */
export function delayBand(delayMinutes: number): string {
  if (delayMinutes < 0) return "early";
  if (delayMinutes < 15) return "on-time";
  if (delayMinutes < 45) return "late";
  return delayMinutes < 120 ? "very-late" : "extreme";
}

/** The whole numbers a magnitude lies between: `2-3`. */
export function magnitudeBand(magnitude: number | null): string {
  if (magnitude === null) return "unknown";
  if (magnitude < 0) return "below-0";
  const floor = Math.floor(magnitude);
  return `${floor}-${floor + 1}`;
}

async function loadRecords<T>(
  fileName: string,
  subjectOf: (record: T) => string,
): Promise<LoadedDataset> {
  const content = JSON.parse(await readDataFile(fileName)) as T[] | { readonly features: T[] };
  const records = Array.isArray(content) ? content : content.features;
  return {
    count: records.length,
    message(index) {
      const record = records[index];
      if (record === undefined) throw new RangeError(`no record ${index} in ${fileName}`);
      return { subject: subjectOf(record), payload: Buffer.from(JSON.stringify(record)) };
    },
  };
}

/** The package exports its entry alone; the data lies beside it. */
async function readDataFile(fileName: string): Promise<string> {
  try {
    const entry = import.meta.resolve("vega-datasets");
    return await readFile(new URL(`../data/${fileName}`, entry), "utf8");
  } catch (cause) {
    const message = `${fileName} of the package vega-datasets is missing: run npm install vega-datasets`;
    throw new CommandFailure(message, { cause });
  }
}
