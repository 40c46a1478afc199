/**
 * Kills the platform between any two writes of what it is asked for, and checks what a user sees then.
 *
 * usage: node test/crash/platform.ts [--kills 50] [--seed S] [--server oxbow|nats-server] [--operation group.edit]
 *   [--process] [--jobs 2] [--plant]
 */
import { fork } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { natsServerProgram, oxbowProgram } from "@oxbow/testkit/servers";
import { allOperations, allPlants } from "./operations/index.ts";
import type { CrashOperation } from "./operations/operation.ts";
import { killPlatforms } from "./platform/platform-kills.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "50" },
    seed: { type: "string", default: String(randomInt(2 ** 32)) },
    server: { type: "string", default: "oxbow" },
    operation: { type: "string", multiple: true },
    process: { type: "boolean", default: false },
    jobs: { type: "string", default: "2" },
    plant: { type: "boolean", default: false },
  },
});
const { seed, plant: isPlanted, process: isProcess } = values;
const killCount = numberOf("kills", 5_000);
const jobs = numberOf("jobs", 16);
const program = programNamed(values.server);
const all = isPlanted ? allPlants : allOperations;
const operations = all.filter(({ name }) => values.operation?.includes(name) ?? true);
if (operations.length === 0) throw new Error(`--operation: there is none of ${values.operation}`);

if (jobs === 1) {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  await killPlatforms({ program, operations, killCount, seed, isPlanted, isProcess, print });
} else {
  process.stdout.write(`seed ${seed}\n`);
  const shares = Array.from({ length: jobs }, (_, job) =>
    operations.filter((_, index) => index % jobs === job),
  );
  const codes = await Promise.all(shares.filter((share) => share.length > 0).map(runShare));
  process.exitCode = Math.max(...codes);
}

function numberOf(name: "kills" | "jobs", max: number): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new Error(`--${name} ${values[name]}: write a number from 1 to ${max}`);
}

function programNamed(name: string): ReturnType<typeof oxbowProgram> {
  if (name !== "oxbow" && name !== "nats-server") {
    throw new Error(`--server ${name}: write oxbow or nats-server`);
  }
  const found = name === "oxbow" ? oxbowProgram() : natsServerProgram();
  if (found !== undefined) return found;
  throw new Error("--server nats-server: there is none on PATH");
}

/** Some of the operations, in a process and with a server of their own. @returns How it exits. */
async function runShare(share: readonly CrashOperation[]): Promise<number> {
  const child = fork(new URL(import.meta.url), [
    ...["--jobs", "1", "--kills", values.kills, "--seed", seed, "--server", values.server],
    ...(isPlanted ? ["--plant"] : []),
    ...(isProcess ? ["--process"] : []),
    ...share.flatMap(({ name }) => ["--operation", name]),
  ]);
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
