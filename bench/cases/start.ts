import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Admin } from "../load/admin.ts";
import type { Measurement } from "../measurement.ts";
import { processMemory } from "../proc.ts";
import type { RunningServer } from "../servers/server.ts";
import { type BenchCase, type CaseEnvironment, STREAM } from "./case.ts";
import { fillStream } from "./fill.ts";

const PAYLOAD_SIZE = 128;

/** Memory is read this long after the server became ready, when what starting took has been given back or kept. */
const SETTLE_MS = 1000;

/** Written into a store once it is complete. */
const COMPLETE_MARK = "bench-store-complete";

async function startOn(environment: CaseEnvironment, dir: string): Promise<RunningServer> {
  return environment.server.start({ dir, cpu: environment.serverCpu, countsSyncs: false });
}

async function measureStart(
  environment: CaseEnvironment,
  dir: string,
  expectedCount: number,
): Promise<Measurement> {
  const server = await startOn(environment, dir);
  try {
    if (expectedCount > 0) await expectMessages(server.port, expectedCount);
    await sleep(SETTLE_MS);
    return { readyMs: server.readyMs, ...processMemory(server.pid) };
  } finally {
    await server.stop();
  }
}

async function expectMessages(port: number, expectedCount: number): Promise<void> {
  const admin = await Admin.open(port);
  try {
    const { messages } = await admin.streamState(STREAM);
    if (messages !== expectedCount) {
      throw new Error(`store holds ${messages} messages instead of ${expectedCount}`);
    }
  } finally {
    admin.close();
  }
}

/** Fills a store that all rounds start from, unless that has been done; stops the server in good order. */
async function buildStore(environment: CaseEnvironment): Promise<string> {
  const dir = join(environment.keptDir, "store");
  const mark = join(environment.keptDir, COMPLETE_MARK);
  if (existsSync(mark)) return dir;
  await mkdir(dir, { recursive: true });
  const server = await startOn(environment, dir);
  try {
    const admin = await Admin.open(server.port);
    await fillStream(admin, server.port, PAYLOAD_SIZE, environment.storeMessageCount);
    admin.close();
  } finally {
    await server.stop();
  }
  await writeFile(mark, "");
  return dir;
}

/** From the start of the process to the first answer of JetStream, and resident memory when idle. */
export const startCases: readonly BenchCase[] = [
  {
    name: "start.empty",
    title: "start to ready, empty directory",
    group: "start",
    isDurablePublish: false,
    run: async (environment) => measureStart(environment, await environment.newDir(), 0),
  },
  {
    name: "start.store",
    title: "start to ready, large store",
    group: "start",
    isDurablePublish: false,
    run: async (environment) =>
      measureStart(environment, await buildStore(environment), environment.storeMessageCount),
  },
];
