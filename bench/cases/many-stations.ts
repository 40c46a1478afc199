import { cp } from "node:fs/promises";
import type { BenchCase, CaseEnvironment } from "./case.ts";
import { publishInTurn, WINDOW } from "./in-turn.ts";
import { keptStore } from "./kept-store.ts";
import { measureLoad } from "./measure-load.ts";
import {
  createOrderSchema,
  createStation,
  expectRefusal,
  takeOrdersOnly,
} from "./station-setup.ts";

const PAYLOAD_SIZE = 256;
export const MANY_STATIONS = 1000;

/** Subjects over all stations, so that a run on few does not have fewer subjects than one on many. */
const SUBJECTS_TOTAL = 1000;

const nameOf = (index: number): string => `s${index}`;

/** The `key`-th subject of the station number `index`. */
export function manySubject(index: number, key: number): string {
  return `${nameOf(index)}.k${key}`;
}

/** A store with so many stations, each of which takes orders only where there is a platform. */
export function stationStore(environment: CaseEnvironment, stationCount: number): Promise<string> {
  const { hasPlatform } = environment.server;
  return keptStore(environment, `stations-${stationCount}`, async (admin) => {
    const indexes = Array.from({ length: stationCount }, (_, index) => index);
    await admin.forEach(indexes, (index) => createStation(admin, hasPlatform, nameOf(index)));
    if (!hasPlatform) return;
    await createOrderSchema(admin);
    await admin.forEach(indexes, (index) => takeOrdersOnly(admin, nameOf(index)));
    await expectRefusal(admin, manySubject(stationCount - 1, 0));
  });
}

function manyStationsCase(stationCount: number): BenchCase {
  const keys = SUBJECTS_TOTAL / stationCount;
  const streams = Array.from({ length: stationCount }, (_, index) => ({
    name: nameOf(index),
    subjects: Array.from({ length: keys }, (_, key) => manySubject(index, key)),
  }));
  const what = stationCount === 1 ? "a station" : `${stationCount} stations`;
  return {
    name: `stations.${stationCount}`,
    title: `durable publish to ${what} with a schema each, ${WINDOW} outstanding, JSON of ${PAYLOAD_SIZE} B, Oxbow checks it`,
    group: "rate",
    isDurablePublish: false,
    run: (environment) =>
      measureLoad(environment, {
        ...publishInTurn({ streams, payloadSize: PAYLOAD_SIZE, payloadKind: "json" }),
        async store(dir) {
          await cp(await stationStore(environment, stationCount), dir, { recursive: true });
        },
      }),
  };
}

/** Publishing to many stations in turn on one connection. */
export const manyStationsCases: readonly BenchCase[] = [1, MANY_STATIONS].map(manyStationsCase);
