import { randomInt } from "node:crypto";
import { basename } from "node:path";
import { SimRandom } from "../sim/index.ts";
import { delayReads } from "./late-reads.ts";

/*
 * Loaded before a program, `node --import=@oxbow/testkit/jitter --test …`, it has all of its sockets, and those of all
 * processes that it starts, read late and in pieces (see delayReads). Tests must pass like that: one that fails has taken
 * for granted that two things arrive together, or in an order that nobody promises.
 *
 * The environment variable `OXBOW_SEED`, any text, decides how. It is printed once, and the same seed cuts and delays in
 * the same way, as far as the programs read the same.
 */
const seed = process.env["OXBOW_SEED"] ?? String(randomInt(2 ** 32));
const self = `--import=${import.meta.url}`;
const options = process.env["NODE_OPTIONS"] ?? "";
if (!options.includes(self)) {
  process.env["OXBOW_SEED"] = seed;
  process.env["NODE_OPTIONS"] = `${options} ${self}`.trim();
  console.error(`reads are late; OXBOW_SEED=${seed} repeats how`);
}
// The test runner itself only reads what the files that it runs report.
if (!process.execArgv.includes("--test")) {
  delayReads(new SimRandom(`${seed}/${basename(process.argv[1] ?? "")}`));
}
