/**
 * Runs seeded simulations: `npm run test:sim -- --seeds 200`. A seed that fails is printed, and `--seed N` runs it
 * alone; `--plant NAME` breaks the broker on purpose in every run and succeeds if that is noticed.
 */
import { parseArgs } from "node:util";
import { simulateLog } from "./log-simulation.ts";
import { isPlant, type Plant, plants } from "./plants.ts";

/** A simulation: gives what is wrong after a run with that seed, nothing if all is well. */
type Simulation = (seed: number, plant: Plant | undefined) => Promise<readonly string[]>;

const simulations: Readonly<Record<string, Simulation>> = { log: simulateLog };

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    plant: { type: "string" },
  },
});

const { plant } = values;
if (plant !== undefined && !isPlant(plant)) {
  console.error(`there is no plant ${plant}; there are ${plants.join(", ")}`);
  process.exit(2);
}
const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const startedAt = performance.now();
const failed: string[] = [];
for (let seed = first; seed < first + count; seed++) {
  for (const [name, simulation] of Object.entries(simulations)) {
    const problems = await simulation(seed, plant).catch((error: Error) => [String(error.stack)]);
    if (problems.length === 0) continue;
    failed.push(`${name} ${seed}`);
    if (plant === undefined) {
      console.error(`${name}, seed ${seed}: run it again with --seed ${seed}`);
      for (const problem of problems) console.error(`  ${problem}`);
    }
  }
}
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(`${count} seeds from ${first} in ${seconds} s, ${failed.length} failed`);
if (plant !== undefined) {
  console.log(failed.length > 0 ? `${plant} was noticed` : `${plant} was NOT noticed`);
}
process.exitCode = (plant === undefined) === (failed.length === 0) ? 0 : 1;
