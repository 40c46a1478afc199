import { jetstreamManager } from "@nats-io/jetstream";
import { Audit, Schemas, Stations } from "@oxbow/platform";
import { readSettings, streamOf } from "oxbow/internal";
import { ask } from "../platform/ask.ts";
import type { Yard } from "../yard.ts";
import type { CrashOperation } from "./operation.ts";
import { isRefused, requireDone } from "./oracle.ts";
import { fill, observeStation, partitionStreams } from "./station-view.ts";

const partitions = 4;
const settings = { partitions, description: "made to be killed" } as const;
const changes = { maxAgeMs: 3_600_000, messageBytesMax: 1_000 } as const;

async function clearStation(yard: Yard, id: string): Promise<void> {
  await yard.stations.delete(id);
  await yard.schemas.detach(id);
}

async function prepareStation(yard: Yard, id: string): Promise<void> {
  await yard.stations.create(id, settings);
  await fill(yard, partitionStreams(id, partitions), 2);
}

export const stationCreate: CrashOperation = {
  name: "station.create",
  prepare: () => Promise.resolve(),
  request: (id) => ({ operation: "station.create", names: { station: id }, body: settings }),
  observe: observeStation,
  clear: clearStation,
  plant: {
    bug: "what is there of a station is taken for all of it",
    run: async ({ connection }, id) => {
      const manager = await jetstreamManager(connection);
      const wanted = readSettings(settings);
      const first = streamOf(id, wanted, 1);
      if (await manager.streams.info(first.name).catch(() => undefined)) return;
      for (let each = 1; each <= partitions; each++) {
        await manager.streams.add(streamOf(id, wanted, each));
      }
    },
  },
};

/** Only to be planted. */
export const lateRecord: CrashOperation = {
  ...stationCreate,
  name: "station.create and its record",
  plant: {
    bug: "a change is recorded once it is made",
    isRecorded: true,
    run: async ({ connection }, id) => {
      await (await Stations.open(connection)).create(id, settings);
      const change = {
        ...{ operation: "station.create", names: { station: id }, who: null },
        ...{ request: settings, before: null },
      };
      const nothing = (): Promise<void> => Promise.resolve();
      await (await Audit.open(connection)).around(change, nothing, nothing);
    },
  },
};

export const stationEdit: CrashOperation = {
  name: "station.edit",
  prepare: prepareStation,
  request: (id) => ({ operation: "station.edit", names: { station: id }, body: changes }),
  observe: observeStation,
  clear: clearStation,
  plant: {
    bug: "a station whose first partition is as it should be is left as it is",
    run: async ({ connection }, id) => {
      const manager = await jetstreamManager(connection);
      const wanted = readSettings({ ...settings, ...changes });
      const { config } = await manager.streams.info(streamOf(id, wanted, 1).name);
      if (config.max_msg_size === changes.messageBytesMax) return;
      for (let each = 1; each <= partitions; each++) {
        const { name, ...rest } = streamOf(id, wanted, each);
        await manager.streams.update(name, rest);
      }
    },
  },
};

export const stationDelete: CrashOperation = {
  name: "station.delete",
  prepare: prepareStation,
  request: (id) => ({ operation: "station.delete", names: { station: id }, body: {} }),
  observe: observeStation,
  clear: clearStation,
  plant: {
    bug: "what was left of a station is forgotten with its first partition",
    run: async ({ connection }, id) => {
      const manager = await jetstreamManager(connection);
      const streams = partitionStreams(id, partitions);
      if (!(await manager.streams.info(`${id}$1`).catch(() => undefined))) return;
      for (const stream of streams) await manager.streams.delete(stream).catch(() => undefined);
    },
  },
};

/** Who makes a station of the name instead of deleting it again gets an empty one, or is told what is left. */
async function createAnew(yard: Yard, id: string): Promise<void> {
  const there = await yard.stations.find(id);
  if (there === undefined || there.problems.length > 0) {
    const told = await ask(yard.connection, stationCreate.request(id));
    if (!isRefused(told, "STATION_EXISTS")) return;
  }
  requireDone(stationDelete, await ask(yard.connection, stationDelete.request(id)), id);
  requireDone(stationCreate, await ask(yard.connection, stationCreate.request(id)), id);
}

export const stationRecreate: CrashOperation = {
  ...stationDelete,
  name: "station.delete and then station.create",
  prepare: async (yard, id) => {
    await prepareStation(yard, id);
    await yard.groups.create(id, "g");
    await yard.schemas.create(id, { format: "json", text: "{}" });
    await yard.schemas.attach(id, { schema: id, mode: "warn" });
  },
  retry: createAnew,
  clear: async (yard, id) => {
    await clearStation(yard, id);
    await yard.schemas.delete(id);
  },
  plant: {
    bug: "a station is made of what is left of the one before",
    run: async ({ connection }, id) => {
      const manager = await jetstreamManager(connection);
      await (await Schemas.open(connection)).detach(id);
      for (const stream of partitionStreams(id, partitions)) await manager.streams.delete(stream);
    },
  },
};

export const stationOperations: readonly CrashOperation[] = [
  stationCreate,
  stationEdit,
  stationDelete,
  stationRecreate,
];
