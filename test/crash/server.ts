/**
 * Kills a whole server between two commits while it changes things, and checks what a user sees then.
 *
 * usage: node test/crash/server.ts [--kills 50] [--seed S] [--operation group.edit] [--plant]
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { allOperations } from "./operations/index.ts";
import { killServers } from "./server/server-kills.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "50" },
    seed: { type: "string", default: String(randomInt(2 ** 32)) },
    operation: { type: "string", multiple: true },
    plant: { type: "boolean", default: false },
  },
});
const { seed, plant: isLossPlanted } = values;
const killCount = Number(values.kills);
if (!Number.isInteger(killCount) || killCount < 1 || killCount > 5_000) {
  throw new Error(`--kills ${values.kills}: write a number from 1 to 5000`);
}
const operations = allOperations.filter(({ name }) => values.operation?.includes(name) ?? true);
if (operations.length === 0) throw new Error(`--operation: there is none of ${values.operation}`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
print(`seed ${seed}`);
await killServers({ operations, killCount, seed, isLossPlanted, print });
