import { parseArgs } from "node:util";
import { natsServerProgram, oxbowProgram, type ServerProgram } from "@oxbow/testkit/servers";

export const usage = `usage: node test/crash/kill.ts [options]

Kills a broker under load again and again, and checks after each restart that nothing acknowledged is lost.

  --kills N                  how often, default 25
  --seed S                   moments and workload; printed first, random by default
  --server oxbow|nats-server the broker to kill, default oxbow
  --plant ack-before-sync    make the disk forget acknowledged messages at the last kill, which must be noticed`;

/** What the command line asks for. */
export interface KillOptions {
  readonly killCount: number;
  readonly seed: string | undefined;
  readonly program: ServerProgram;
  readonly isLossPlanted: boolean;
}

/**
 * @throws Error whose message says what to write instead.
 */
export function parseOptions(args: readonly string[]): KillOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: "string", default: "25" },
      seed: { type: "string" },
      server: { type: "string", default: "oxbow" },
      plant: { type: "string" },
    },
  });
  const killCount = Number(values.kills);
  if (!Number.isInteger(killCount) || killCount < 1) {
    throw new Error(`--kills ${values.kills}: write a number from 1`);
  }
  if (values.plant !== undefined && values.plant !== "ack-before-sync") {
    throw new Error(`--plant ${values.plant}: write ack-before-sync`);
  }
  return {
    killCount,
    seed: values.seed,
    program: programNamed(values.server),
    isLossPlanted: values.plant !== undefined,
  };
}

function programNamed(name: string): ServerProgram {
  if (name === "oxbow") return oxbowProgram();
  if (name !== "nats-server") throw new Error(`--server ${name}: write oxbow or nats-server`);
  const program = natsServerProgram();
  if (program === undefined) throw new Error("--server nats-server: there is none on PATH");
  return program;
}
