import { setTimeout as sleep } from "node:timers/promises";
import { Admin } from "../load/admin.ts";
import type { RoleName, RoleOptions, RoleReport, Sample } from "../load/protocol.ts";
import { LoadProcess } from "../load-process.ts";
import type { CpuUse, Measurement } from "../measurement.ts";
import { machineBusySeconds, processCpuSeconds, processMemory } from "../proc.ts";
import type { RunningServer } from "../servers/server.ts";
import type { CaseEnvironment } from "./case.ts";
import { withDeadline } from "./deadline.ts";

const MARK_DEADLINE_MS = 20_000;
const FINISH_DEADLINE_MS = 60_000;
const PREPARE_DEADLINE_MS = 300_000;

/** A load process to run. */
export type PlannedRole = {
  [Name in RoleName]: { name: Name; options: RoleOptions[Name] };
}[RoleName];

/** What happens in a run of a case that measures a rate. */
export interface LoadPlan {
  /** Puts something into the data directory before the server starts. */
  store?(dir: string): Promise<void>;
  /** Creates streams and fills them. */
  prepare?(admin: Admin, port: number): Promise<void>;
  /** Load processes in the order in which they start; they finish in the opposite order. */
  roles(port: number, httpPort: number): readonly PlannedRole[];
  /** The role whose count is the result. */
  counted: RoleName;
  /** A role whose count is told beside it. */
  delivered?: RoleName;
  /** Checks the outcome against what the roles reported; throws if something is missing. */
  verify?(admin: Admin, reports: ReadonlyMap<RoleName, RoleReport>): Promise<void>;
}

/** What a role did in the measured interval. */
interface Progress {
  readonly messages: number;
  readonly durationMs: number;
}

/** All counters at one moment. */
interface Mark {
  serverAtMs: number;
  serverCpu: { user: number; system: number };
  machineBusyS: number;
  samples: readonly Sample[];
}

/**
 * Starts the server on a fresh directory, loads it as planned, measures between the end of the warm-up and the end of
 * the interval, verifies, and stops it.
 */
export async function measureLoad(
  environment: CaseEnvironment,
  plan: LoadPlan,
): Promise<Measurement> {
  const dir = await environment.newDir();
  await plan.store?.(dir);
  const server = await environment.server.start({
    dir,
    cpu: environment.serverCpu,
    countsSyncs: environment.countsSyncs,
  });
  const loads: LoadProcess[] = [];
  try {
    const crashed = server.crashed.then((error) => Promise.reject(error));
    const work = runPlan(environment, plan, server, loads);
    const { measurement, total } = await Promise.race([work, crashed]);
    const { syncCount } = await server.stop();
    if (syncCount === undefined) return measurement;
    return { ...measurement, syncCount: { syncs: syncCount, messages: total } };
  } finally {
    for (const load of loads) load.kill();
    await server.stop();
  }
}

async function runPlan(
  environment: CaseEnvironment,
  plan: LoadPlan,
  server: RunningServer,
  loads: LoadProcess[],
): Promise<{ measurement: Measurement; total: number }> {
  const admin = await Admin.open(server.port);
  try {
    if (plan.prepare) {
      await withDeadline(plan.prepare(admin, server.port), PREPARE_DEADLINE_MS, "preparation");
    }
    for (const role of plan.roles(server.port, server.httpPort ?? 0)) {
      loads.push(await LoadProcess.spawn(role.name, role.options, environment.loadCpu));
    }
    const { before, after } = await measureInterval(environment, server, loads);
    const memory = processMemory(server.pid);
    const reports = await finishAll(loads);
    await plan.verify?.(admin, reports);
    const report = reports.get(plan.counted) as RoleReport;
    const measurement: Measurement = { ...evaluate(loads, plan, before, after), ...memory };
    if (report.latency) measurement.latency = report.latency;
    if (report.lateness) measurement.lateness = report.lateness;
    return { measurement, total: report.total };
  } finally {
    admin.close();
  }
}

async function measureInterval(
  environment: CaseEnvironment,
  server: RunningServer,
  loads: readonly LoadProcess[],
): Promise<{ before: Mark; after: Mark }> {
  const failed = Promise.race(loads.map((load) => load.failed));
  const exhausted = Promise.race(loads.map((load) => load.exhausted));
  for (const load of loads) load.start();
  await Promise.race([sleep(environment.warmupMs), exhausted, failed]);
  const before = await withDeadline(takeMark(server, loads), MARK_DEADLINE_MS, "first sample");
  await Promise.race([sleep(environment.measureMs), exhausted, failed]);
  const after = await withDeadline(takeMark(server, loads), MARK_DEADLINE_MS, "second sample");
  return { before, after };
}

async function takeMark(server: RunningServer, loads: readonly LoadProcess[]): Promise<Mark> {
  const samples = await Promise.all(loads.map((load) => load.mark()));
  return {
    samples,
    serverAtMs: performance.now(),
    serverCpu: processCpuSeconds(server.pid),
    machineBusyS: machineBusySeconds(),
  };
}

/** Publishers come last in the plan and stop first, so that readers see everything that was sent. */
async function finishAll(loads: readonly LoadProcess[]): Promise<Map<RoleName, RoleReport>> {
  const reports = new Map<RoleName, RoleReport>();
  for (const load of [...loads].reverse()) {
    const report = await withDeadline(load.finish(), FINISH_DEADLINE_MS, `end of ${load.role}`);
    reports.set(load.role, report);
  }
  return reports;
}

function evaluate(
  loads: readonly LoadProcess[],
  plan: LoadPlan,
  before: Mark,
  after: Mark,
): Omit<Measurement, "rssBytes" | "rssBytesMax"> {
  const progressOf = (role: RoleName | undefined): Progress | undefined => {
    const index = loads.findIndex((load) => load.role === role);
    const [first, last] = [before.samples[index], after.samples[index]];
    if (first === undefined || last === undefined) return undefined;
    return { messages: last.count - first.count, durationMs: last.atMs - first.atMs };
  };
  const { messages, durationMs } = progressOf(plan.counted) as Progress;
  const delivered = progressOf(plan.delivered);
  if (messages <= 0) throw new Error("nothing was completed in the measured interval");
  const serverCpu = cpuUse(
    after.serverCpu.user - before.serverCpu.user,
    after.serverCpu.system - before.serverCpu.system,
    after.serverAtMs - before.serverAtMs,
  );
  const loadCpu = loads.map((load, i) => {
    const from = before.samples[i] as Sample;
    const to = after.samples[i] as Sample;
    const [userS, systemS] = [to.cpuUserS - from.cpuUserS, to.cpuSystemS - from.cpuSystemS];
    return { role: load.role, ...cpuUse(userS, systemS, to.atMs - from.atMs) };
  });
  const busyS = after.machineBusyS - before.machineBusyS;
  const busyShare = (busyS * 1000) / (after.serverAtMs - before.serverAtMs);
  const ownShare = loadCpu.reduce((sum, use) => sum + use.share, serverCpu.share);
  return {
    rate: (messages * 1000) / durationMs,
    ...(delivered && { deliveredRate: (delivered.messages * 1000) / delivered.durationMs }),
    durationMs,
    messages,
    serverCpu,
    cpuSecondsPerMillion: ((serverCpu.userS + serverCpu.systemS) * 1e6) / messages,
    loadCpu,
    // The counters tick at different moments, which must not show as a negative share.
    otherCpuShare: Math.max(0, busyShare - ownShare),
  };
}

function cpuUse(userS: number, systemS: number, durationMs: number): CpuUse {
  return { userS, systemS, share: ((userS + systemS) * 1000) / durationMs };
}
