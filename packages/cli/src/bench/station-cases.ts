import type { Codec, Oxbow } from "oxbow";
import type { Measurement } from "./cases.ts";

/** What a case works with. */
export interface StationSetup {
  readonly client: Oxbow;
  readonly messages: number;
  readonly payload: Uint8Array;
}

/** A case that needs the platform: its name on the command line, and what it does. */
export interface StationCase {
  readonly name: string;
  readonly title: string;
  run(setup: StationSetup): Promise<Measurement>;
}

const station = "oxbow-bench";
/** Values are bytes already: what the client makes of them is another matter. */
const codec: Codec<Uint8Array> = { encode: (bytes) => bytes, decode: (bytes) => bytes };

/** The cases in the order they run. */
export const stationCases: readonly StationCase[] = [
  {
    name: "produce",
    title: "produce to a station",
    run: (setup) => withStation(setup, () => produceAll(setup)),
  },
  {
    name: "group",
    title: "consume as a group, explicit acks",
    run: (setup) =>
      withStation(setup, async () => {
        await produceAll(setup);
        return consumeAll(setup);
      }),
  },
];

async function produceAll({ client, messages, payload }: StationSetup): Promise<Measurement> {
  const startedAtMs = performance.now();
  const all = Array.from({ length: messages }, () => payload);
  const { failures } = await client.station(station, { codec }).produceMany(all);
  if (failures[0] !== undefined) throw failures[0].error;
  return { messages, seconds: secondsSince(startedAtMs), latenciesMs: [] };
}

async function consumeAll({ client, messages }: StationSetup): Promise<Measurement> {
  const startedAtMs = performance.now();
  let count = 0;
  for await (const message of client.station(station, { codec }).consume({ group: "bench" })) {
    message.ack();
    count += 1;
    if (count === messages) break;
  }
  return { messages, seconds: secondsSince(startedAtMs), latenciesMs: [] };
}

async function withStation(
  { client: { admin } }: StationSetup,
  use: () => Promise<Measurement>,
): Promise<Measurement> {
  // What an earlier run that was stopped has left.
  await admin.stations.delete(station);
  await admin.stations.create(station, { description: "of oxbow bench" });
  try {
    return await use();
  } finally {
    await admin.stations.delete(station);
  }
}

function secondsSince(startedAtMs: number): number {
  return (performance.now() - startedAtMs) / 1000;
}
