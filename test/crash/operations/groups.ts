import { jetstreamManager } from "@nats-io/jetstream";
import { Stations } from "@oxbow/platform";
import { consumerOf, originOf, readGroupSettings } from "oxbow/internal";
import { ask } from "../platform/ask.ts";
import type { Yard } from "../yard.ts";
import type { CrashOperation, PlatformConnections } from "./operation.ts";
import { isRefused, requireDone } from "./oracle.ts";
import { fill, observeStation, partitionStreams, takeAll } from "./station-view.ts";

const partitions = 3;
const messages = 6;

/** A group that has taken four of six messages and acknowledged three, and one that has taken nothing. */
async function prepareGroups(yard: Yard, id: string): Promise<void> {
  await prepareStation(yard, id);
  const streams = partitionStreams(id, partitions);
  await yard.groups.create(id, "other");
  await yard.groups.create(id, "g", { maxAckTimeMs: 600_000 });
  await Promise.all(
    streams.map(async (stream) => {
      const consumer = await yard.js.consumers.get(stream, "g");
      let came = 0;
      for await (const message of await consumer.fetch({ max_messages: 4 })) {
        if (++came < 4) await message.ackAck();
      }
    }),
  );
}

async function prepareStation(yard: Yard, id: string): Promise<void> {
  await yard.stations.create(id, { partitions });
  await fill(yard, partitionStreams(id, partitions), messages);
}

async function clear(yard: Yard, id: string): Promise<void> {
  await yard.stations.delete(id);
}

/** What is published after the kill must not change where a rewind goes that has begun. */
function publishMore(yard: Yard, id: string): Promise<void> {
  return fill(yard, partitionStreams(id, partitions), 2, messages + 1);
}

async function allWaiting(yard: Yard, id: string): Promise<unknown> {
  const names = (await yard.groups.list(id)).map(({ name }) => name);
  return Promise.all(names.map(async (name) => [name, await takeAll(yard, id, name)]));
}

/** Computed for each partition when it is its turn: a second try computes others. */
async function rewindWithoutPlan(
  { connection }: PlatformConnections,
  id: string,
  sequenceOf: (last: number) => number,
): Promise<void> {
  const manager = await jetstreamManager(connection);
  for (const stream of partitionStreams(id, partitions)) {
    const { state } = await manager.streams.info(stream);
    await manager.consumers.reset(stream, "g", sequenceOf(state.last_seq));
  }
}

export const groupRewindToLast: CrashOperation = {
  name: "group.rewind to the last 2",
  prepare: prepareGroups,
  request: (id) => ({
    operation: "group.rewind",
    names: { station: id, group: "g" },
    body: { to: { from: "last", messages: 2 } },
  }),
  observe: observeStation,
  meanwhile: publishMore,
  finish: allWaiting,
  clear,
  plant: {
    bug: "where a rewind goes is not written down",
    run: (connections, id) => rewindWithoutPlan(connections, id, (last) => last - 1),
  },
};

export const groupRewindToSequence: CrashOperation = {
  name: "group.rewind to sequence 2",
  prepare: prepareGroups,
  request: (id) => ({
    operation: "group.rewind",
    names: { station: id, group: "g" },
    body: { to: { from: "sequence", sequence: 2 } },
  }),
  observe: observeStation,
  meanwhile: publishMore,
  finish: allWaiting,
  clear,
  plant: {
    bug: "nothing says that a rewind is under way",
    run: (connections, id) => rewindWithoutPlan(connections, id, () => 2),
  },
};

export const groupCreate: CrashOperation = {
  name: "group.create at the end",
  prepare: prepareStation,
  request: (id) => ({
    operation: "group.create",
    names: { station: id, group: "g" },
    body: { start: { from: "now" } },
  }),
  observe: observeStation,
  finish: allWaiting,
  clear,
  plant: {
    bug: "where a group begins is not said before it delivers",
    run: async ({ connection }, id) => {
      const manager = await jetstreamManager(connection);
      const station = await (await Stations.open(connection)).get(id);
      for (const { stream } of [...station.partitions].reverse()) {
        const settings = readGroupSettings({ start: { from: "now" } });
        const config = consumerOf("g", settings, originOf(station, stream, "g"), undefined);
        const { state } = await manager.streams.info(stream);
        if (await manager.consumers.info(stream, "g").catch(() => undefined)) continue;
        await manager.consumers.add(stream, config);
        await manager.consumers.reset(stream, "g", state.last_seq + 1);
      }
    },
  },
};

export const groupEdit: CrashOperation = {
  name: "group.edit",
  prepare: prepareGroups,
  request: (id) => ({
    operation: "group.edit",
    names: { station: id, group: "g" },
    body: { maxDeliveries: 7, description: "edited" },
  }),
  observe: observeStation,
  finish: allWaiting,
  clear,
  plant: {
    bug: "a group whose first partition is as it should be is left as it is",
    run: async ({ connection }, id) => {
      const manager = await jetstreamManager(connection);
      const streams = partitionStreams(id, partitions);
      const { config } = await manager.consumers.info(`${id}$1`, "g");
      if (config.max_deliver === 7) return;
      for (const stream of streams) {
        await manager.consumers.update(stream, "g", { max_deliver: 7, description: "edited" });
      }
    },
  },
};

export const groupDelete: CrashOperation = {
  name: "group.delete",
  prepare: prepareGroups,
  request: (id) => ({
    operation: "group.delete",
    names: { station: id, group: "g" },
    body: {},
  }),
  observe: async (yard, id) => {
    const { beneath, ...observed } = await observeStation(yard, id);
    const left: string[] = [];
    for (const stream of partitionStreams(id, partitions)) {
      for await (const { name } of yard.manager.consumers.list(stream)) left.push(name);
    }
    return { ...observed, beneath: [beneath, left] };
  },
  finish: allWaiting,
  clear,
  plant: {
    bug: "what was left of a group is forgotten with its first partition",
    run: async ({ connection }, id) => {
      const manager = await jetstreamManager(connection);
      if (!(await manager.consumers.info(`${id}$1`, "g").catch(() => undefined))) return;
      for (const stream of partitionStreams(id, partitions)) {
        await manager.consumers.delete(stream, "g").catch(() => undefined);
      }
    },
  },
};

export const groupRecreate: CrashOperation = {
  ...groupDelete,
  name: "group.delete and then group.create",
  /** Who makes a group of the name instead of deleting it again gets one that begins, or is told what is left. */
  retry: async (yard, id) => {
    const create = { ...groupDelete.request(id), operation: "group.create" } as const;
    const there = await yard.groups.find(id, "g");
    if (there === undefined || there.problems.length > 0) {
      const told = await ask(yard.connection, create);
      if (!isRefused(told, "GROUP_EXISTS")) return;
    }
    requireDone(groupDelete, await ask(yard.connection, groupDelete.request(id)), id);
    requireDone(groupDelete, await ask(yard.connection, create), id);
  },
  plant: {
    bug: "a group is made of what is left of the one before",
    run: async ({ connection }, id) => {
      const manager = await jetstreamManager(connection);
      for (const stream of partitionStreams(id, partitions)) {
        await manager.consumers.delete(stream, "g");
      }
    },
  },
};

export const groupOperations: readonly CrashOperation[] = [
  groupRewindToLast,
  groupRewindToSequence,
  groupCreate,
  groupEdit,
  groupDelete,
  groupRecreate,
];
