/**
 * Kills workers of dead letters at each step between two writes, and checks that nothing is lost or double.
 *
 * usage: node test/crash/dead-letters.ts [--kills 50] [--server oxbow|nats-server]
 */
import { parseArgs } from "node:util";
import { natsServerProgram, oxbowProgram } from "@oxbow/testkit/servers";
import { killWorkers } from "./dead-letter-kills.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "50" },
    server: { type: "string", default: "oxbow" },
  },
});
const killCount = Number(values.kills);
if (!Number.isInteger(killCount) || killCount < 1 || killCount > 500) {
  throw new Error(`--kills ${values.kills}: write a number from 1 to 500`);
}
if (values.server !== "oxbow" && values.server !== "nats-server") {
  throw new Error(`--server ${values.server}: write oxbow or nats-server`);
}
const program = values.server === "oxbow" ? oxbowProgram() : natsServerProgram();
if (program === undefined) throw new Error("--server nats-server: there is none on PATH");
await killWorkers({ program, killCount, print: (line) => process.stdout.write(`${line}\n`) });
