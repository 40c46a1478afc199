import { setTimeout as sleep } from "node:timers/promises";
import { Admin } from "../load/admin.ts";
import type { Measurement } from "../measurement.ts";
import { processMemory } from "../proc.ts";
import { type BenchCase, type CaseEnvironment, STREAM } from "./case.ts";
import { fillStream } from "./fill.ts";
import { keptStore } from "./kept-store.ts";
import { MANY_STATIONS, manySubject, stationStore } from "./many-stations.ts";
import { expectRefusal } from "./station-setup.ts";

const PAYLOAD_SIZE = 128;

/** Memory is read this long after the server became ready, when what starting took has been given back or kept. */
const SETTLE_MS = 1000;

/** @param verify - Asks at once whether it has everything. */
async function measureStart(
  environment: CaseEnvironment,
  dir: string,
  verify?: (admin: Admin) => Promise<void>,
): Promise<Measurement> {
  const cpu = environment.serverCpu;
  const server = await environment.server.start({ dir, cpu, countsSyncs: false });
  try {
    if (verify) await verified(server.port, verify);
    await sleep(SETTLE_MS);
    return { readyMs: server.readyMs, ...processMemory(server.pid) };
  } finally {
    await server.stop();
  }
}

async function verified(port: number, verify: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = await Admin.open(port);
  try {
    await verify(admin);
  } finally {
    admin.close();
  }
}

async function startOnLargeStore(environment: CaseEnvironment): Promise<Measurement> {
  const messageCount = environment.storeMessageCount;
  const dir = await keptStore(environment, "store", (admin, port) =>
    fillStream(admin, port, PAYLOAD_SIZE, messageCount),
  );
  return measureStart(environment, dir, async (admin) => {
    const { messages } = await admin.streamState(STREAM);
    if (messages !== messageCount) {
      throw new Error(`store holds ${messages} messages instead of ${messageCount}`);
    }
  });
}

/** What stations demand must hold for the first message that comes. */
async function startOnStations(environment: CaseEnvironment): Promise<Measurement> {
  const dir = await stationStore(environment, MANY_STATIONS);
  return measureStart(environment, dir, async (admin) => {
    if (!environment.server.hasPlatform) return;
    for (const index of [0, MANY_STATIONS - 1]) await expectRefusal(admin, manySubject(index, 0));
  });
}

/** From the start of the process to the first answer of JetStream, and resident memory when idle. */
export const startCases: readonly BenchCase[] = [
  {
    name: "start.empty",
    title: "start to ready, empty directory",
    group: "start",
    isDurablePublish: false,
    run: async (environment) => measureStart(environment, await environment.newDir()),
  },
  {
    name: "start.store",
    title: "start to ready, large store",
    group: "start",
    isDurablePublish: false,
    run: startOnLargeStore,
  },
  {
    name: "start.stations",
    title: `start to ready, ${MANY_STATIONS} stations with a schema each`,
    group: "start",
    isDurablePublish: false,
    run: startOnStations,
  },
];
