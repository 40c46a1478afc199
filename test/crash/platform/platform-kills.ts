import assert from "node:assert/strict";
import { SimRandom } from "@oxbow/testkit";
import { type ServerProgram, TestServer } from "@oxbow/testkit/servers";
import type { CrashOperation, Observed } from "../operations/operation.ts";
import { Yard } from "../yard.ts";
import { ask, attempt, type OpenVictim, plantedVictim, platformVictim } from "./attempt.ts";
import { openPlatform, platformServerConfig } from "./open-platform.ts";

export interface PlatformKillOptions {
  readonly program: ServerProgram;
  readonly operations: readonly CrashOperation[];
  /** For each operation. */
  readonly killCount: number;
  readonly seed: string;
  /** Whether the bug of each operation is planted. */
  readonly isPlanted?: boolean;
  readonly openVictim?: OpenVictim;
  readonly print: (line: string) => void;
}

/**
 * Has the platform die while it carries out requests, between any two of their writes; then asks again, as a client does
 * whose answer never came.
 *
 * @throws AssertionError for a state that is neither the one before nor the one after and is not said to be half done;
 * for an end that is another one than without the kill; for a change without a record
 */
export async function killPlatforms(options: PlatformKillOptions): Promise<void> {
  const server = await TestServer.start(options.program, { config: platformServerConfig });
  try {
    await using yard = await Yard.open(server);
    for (const operation of options.operations) {
      const kills = new OperationKills(yard, operation, options);
      options.print(await (options.isPlanted === true ? kills.catchBug() : kills.run()));
    }
  } finally {
    await server.close();
  }
}

/** What there is of something, with its name taken out, so that it can be compared with that of others. */
interface State {
  readonly view: string;
  readonly problems: readonly string[];
  readonly whole: string;
}

class OperationKills {
  readonly #yard: Yard;
  readonly #operation: CrashOperation;
  readonly #options: PlatformKillOptions;
  readonly #openVictim: OpenVictim;
  readonly #random: SimRandom;
  #round = 0;

  constructor(yard: Yard, operation: CrashOperation, options: PlatformKillOptions) {
    const { isPlanted = false, openVictim = platformVictim } = options;
    this.#yard = yard;
    this.#operation = operation;
    this.#options = options;
    this.#openVictim = isPlanted ? plantedVictim(operation.plant.run) : openVictim;
    this.#random = new SimRandom(options.seed).fork(operation.name);
  }

  async run(): Promise<string> {
    const { name } = this.#operation;
    const { killCount } = this.#options;
    const [before, after, writes, ends] = await this.#references();
    const steps = writes.length + 1;
    // Each step as often as any other, in an order of their own.
    const first = this.#random.below(steps);
    for (let kill = 0; kill < killCount; kill++) {
      await this.#kill((first + kill) % steps, { before, after, ends });
    }
    const named = ["the request", ...writes].map((write, index) => `${index} ${write}`).join(", ");
    return `${name}: ${killCount} kills at ${steps} steps (${named})`;
  }

  /** Has to find the planted bug. */
  async catchBug(): Promise<string> {
    const { name, plant } = this.#operation;
    const caught = await this.run().catch((error: unknown) => error);
    if (typeof caught === "string") assert.fail(`${name}: not found out: ${plant.bug}`);
    if (!(caught instanceof assert.AssertionError)) throw caught;
    return `${name}: found out that ${plant.bug}`;
  }

  /** What it is like before, after, and at the end, where what others do meanwhile may come first. */
  async #references(): Promise<[State, State, readonly string[], readonly string[]]> {
    const { meanwhile } = this.#operation;
    const id = await this.#prepared();
    const before = await this.#look(id);
    const { writes } = await this.#attempt(id);
    const after = await this.#look(id);
    await meanwhile?.(this.#yard, id);
    const ends = [await this.#end(id)];
    if (meanwhile !== undefined) {
      const other = await this.#prepared();
      await meanwhile(this.#yard, other);
      await this.#attempt(other);
      ends.push(await this.#end(other));
    }
    return [before, after, writes.map((write) => write.replaceAll(id, "ID")), ends];
  }

  async #kill(
    writes: number,
    {
      before,
      after,
      ends,
    }: { readonly before: State; readonly after: State; readonly ends: readonly string[] },
  ): Promise<void> {
    const { name, meanwhile } = this.#operation;
    const id = await this.#prepared();
    const { isDead, writes: done } = await this.#attempt(id, writes);
    const last = done.at(-1)?.replaceAll(id, "ID") ?? "the request";
    const where = `${name}, killed after ${writes} writes (${last}), --seed ${this.#options.seed}`;
    assert.ok(isDead, `${where}: there are fewer writes`);
    const between = await this.#look(id);
    if (between.problems.length === 0 && between.view !== before.view) {
      assert.equal(between.view, after.view, `${where}: half done, and nothing says so`);
    }
    if (between.whole !== before.whole) await this.#requireRecord(id, where);
    await meanwhile?.(this.#yard, id);
    await this.#retry(id, where);
    const end = await this.#end(id);
    if (!ends.includes(end)) assert.equal(end, ends[0], `${where}: another end than without`);
  }

  async #prepared(): Promise<string> {
    // All as long, so that sizes are the same, and none in the name of another one.
    const id = `x${String(++this.#round).padStart(4, "0")}${this.#operation.name.replaceAll(/[^a-z]/g, "")}`;
    await this.#operation.prepare(this.#yard, id);
    return id;
  }

  #attempt(id: string, writes?: number): ReturnType<typeof attempt> {
    const { connection, server } = this.#yard;
    const request = this.#operation.request(id);
    const plan = { request, id, ...(writes !== undefined && { writes }) };
    return attempt(server.port, connection, this.#openVictim, plan);
  }

  async #retry(id: string, where: string): Promise<void> {
    const { retry, refusals = [], plant } = this.#operation;
    if (this.#options.isPlanted === true) {
      await this.#attempt(id).catch((error: Error) =>
        assert.fail(`${where}: ${plant.bug}: ${error.message}`),
      );
      return;
    }
    await using _ = await openPlatform(this.#yard.server.url);
    if (retry !== undefined) {
      await retry(this.#yard, id);
      return;
    }
    const { connection } = this.#yard;
    const answer = (await ask(connection, this.#operation.request(id))) as {
      readonly error?: { readonly code: string; readonly message: string };
    };
    if (answer.error === undefined || refusals.includes(answer.error.code)) return;
    assert.fail(`${where}: repeated, it is refused: ${answer.error.message}`);
  }

  /** Nothing is changed without one; what was cut off is there without its outcome. */
  async #requireRecord(id: string, where: string): Promise<void> {
    const { plant, request } = this.#operation;
    if (this.#options.isPlanted === true && plant.isRecorded !== true) return;
    const { operation, names } = request(id);
    const [name = ""] = Object.values(names);
    const { entries } = await this.#yard.audit.query({ operation, name });
    assert.ok(entries.length >= 1, `${where}: changed, and there is no record of it`);
  }

  async #look(id: string): Promise<State> {
    const observed = await this.#operation.observe(this.#yard, id).catch((error: Error) => {
      assert.fail(`${this.#operation.name}: it can't be looked at: ${error.message}`);
    });
    return stateOf(observed, id);
  }

  /** What there is in the end, of which nothing is left then. */
  async #end(id: string): Promise<string> {
    const observed = await this.#operation.observe(this.#yard, id);
    const finished = await this.#operation.finish?.(this.#yard, id);
    await this.#operation.clear(this.#yard, id);
    return JSON.stringify([stateOf(observed, id), finished], null, 1).replaceAll(id, "ID");
  }
}

function stateOf({ view, problems, beneath }: Observed, id: string): State {
  const text = (value: unknown): string =>
    JSON.stringify(value ?? null, null, 1).replaceAll(id, "ID");
  return { view: text(view), problems, whole: text([view, problems, beneath]) };
}
