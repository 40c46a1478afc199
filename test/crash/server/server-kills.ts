import assert from "node:assert/strict";
import { SimRandom } from "@oxbow/testkit";
import { ControlClient } from "oxbow/control";
import { withDeadline } from "../../interop/support/deadline.ts";
import type { CrashOperation } from "../operations/operation.ts";
import {
  endOf,
  look,
  type Reference,
  requireDone,
  requireEnd,
  requireRecord,
  requireSaid,
  type State,
  thingName,
} from "../operations/oracle.ts";
import { ask } from "../platform/ask.ts";
import { Yard } from "../yard.ts";
import { KilledServer } from "./killed-server.ts";
import { serverPlace } from "./server-place.ts";

export interface ServerKillOptions {
  readonly operations: readonly CrashOperation[];
  readonly killCount: number;
  readonly seed: string;
  /** Whether the disk forgets, at the only kill, what was answered: it has to be found out. */
  readonly isLossPlanted?: boolean;
  readonly print: (line: string) => void;
}

const goldenRatio = 0.618034;

/** An operation that is carried out, on a thing of its own. */
interface Trial {
  readonly operation: CrashOperation;
  readonly id: string;
}

/**
 * Kills a whole server, platform and engine in one, while it carries out all operations at a time, at the n-th commit from
 * the first request on; starts it again on its data, and asks again for each, as clients do whose answers never came.
 *
 * @throws AssertionError as `killPlatforms` does
 */
export async function killServers(options: ServerKillOptions): Promise<void> {
  await using run = await ServerKills.open(options);
  if (options.isLossPlanted !== true) {
    await run.run();
    return;
  }
  const caught = await run.runForgetful().catch((error: unknown) => error);
  if (caught === undefined) assert.fail("what the disk has forgotten was not found out");
  if (!(caught instanceof assert.AssertionError)) throw caught;
  options.print(`found out: ${caught.message.split("\n", 1)[0]}`);
}

class ServerKills implements AsyncDisposable {
  readonly #options: ServerKillOptions;
  readonly #server: KilledServer;
  readonly #random: SimRandom;
  readonly #secrets = new Map<string, string>();
  readonly #references = new Map<string, Reference>();
  #yard: Yard | undefined = undefined;
  #round = 0;

  private constructor(options: ServerKillOptions, server: KilledServer) {
    this.#options = options;
    this.#server = server;
    this.#random = new SimRandom(options.seed).fork("server");
  }

  static async open(options: ServerKillOptions): Promise<ServerKills> {
    return new ServerKills(options, await KilledServer.start());
  }

  async run(): Promise<void> {
    const { killCount, print } = this.#options;
    const commits = await this.#begin();
    // However few there are, they are spread over all commits.
    const steps = commits + 1;
    const first = this.#random.below(steps);
    for (let kill = 0; kill < killCount; kill++) {
      const dieAfter = (first + Math.round(kill * steps * goldenRatio)) % steps;
      const trials = await this.#trials();
      const answered = await this.#cutOff(trials, dieAfter);
      await this.#server.start();
      const where = `the server killed after ${dieAfter} commits, --seed ${this.#options.seed}`;
      const counts = await this.#judge(trials, answered, where);
      print(`kill ${kill + 1}/${killCount}: after ${dieAfter} commits: ${counts}`);
    }
  }

  /** Kills it once all is answered, and starts it on what was there before. */
  async runForgetful(): Promise<void> {
    await this.#begin();
    const trials = await this.#trials();
    const loss = await this.#server.remember();
    const answered = await this.#cutOff(trials, null);
    await loss.forget();
    await this.#server.start();
    await this.#judge(trials, answered, "a disk that forgets");
  }

  /** @returns How many commits all operations take together. */
  async #begin(): Promise<number> {
    await this.#openYard();
    for (const operation of this.#options.operations) await this.#refer(operation);
    return this.#countCommits();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#yard?.[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }

  async #openYard(): Promise<Yard> {
    const { url } = this.#server;
    this.#yard = await Yard.open(url, serverPlace(url, this.#secrets));
    return this.#yard;
  }

  /** What an operation comes to without a kill. */
  async #refer(operation: CrashOperation): Promise<void> {
    const yard = this.#openedYard;
    const { meanwhile } = operation;
    const run = async (isFirst: boolean): Promise<[State, State, string]> => {
      const { id } = await this.#trial(operation);
      const before = await look(yard, operation, id);
      if (!isFirst) await meanwhile?.(yard, id);
      await carryOut(yard, operation, id);
      const after = await look(yard, operation, id);
      if (isFirst) await meanwhile?.(yard, id);
      await operation.retry?.(yard, id);
      return [before, after, await endOf(yard, operation, id)];
    };
    const [before, after, end] = await run(true);
    const ends = meanwhile === undefined ? [end] : [end, (await run(false))[2]];
    this.#references.set(operation.name, { before, after, ends });
  }

  /** Of all operations at a time. */
  async #countCommits(): Promise<number> {
    const yard = this.#openedYard;
    const trials = await this.#trials();
    await this.#server.dieAfter(null);
    await Promise.all(trials.map(({ operation, id }) => carryOut(yard, operation, id)));
    const commits = await this.#server.dieAfter(null);
    for (const { operation, id } of trials) await operation.clear(yard, id);
    return commits;
  }

  /** Kills it while it does all of that. @returns What was answered before, by the names of things. */
  async #cutOff(trials: readonly Trial[], dieAfter: number | null): Promise<ReadonlySet<string>> {
    await this.#server.dieAfter(dieAfter);
    const yard = this.#openedYard;
    const answered = new Set<string>();
    const all = trials.map(async ({ operation, id }) => {
      if ((await carryOut(yard, operation, id)) !== undefined) answered.add(id);
    });
    const over = Promise.allSettled(all);
    await withDeadline(Promise.race([over, this.#server.died]), () => "the server to die");
    await this.#server.kill();
    await yard.connection.close();
    return answered;
  }

  /** Looks at everything, has it done again, and looks at the end. */
  async #judge(
    trials: readonly Trial[],
    answered: ReadonlySet<string>,
    where: string,
  ): Promise<string> {
    const yard = await this.#openYard();
    const whereOf = ({ name }: CrashOperation): string => `${name}, ${where}`;
    const states = await Promise.all(
      trials.map(async ({ operation, id }) => {
        const state = await this.#between(yard, operation, id, whereOf(operation));
        if (answered.has(id)) assert.equal(state, "done", `${whereOf(operation)}: it was answered`);
        return state;
      }),
    );
    await Promise.all(trials.map(({ operation, id }) => operation.meanwhile?.(yard, id)));
    await Promise.all(
      trials.map(({ operation, id }) => this.#repeat(yard, operation, id, whereOf(operation))),
    );
    const count = (wanted: string): string =>
      `${states.filter((state) => state === wanted).length} ${wanted}`;
    return `${answered.size} answered; ${["undone", "half done", "done"].map(count).join(", ")}`;
  }

  async #between(
    yard: Yard,
    operation: CrashOperation,
    id: string,
    where: string,
  ): Promise<string> {
    const reference = this.#reference(operation);
    const between = await look(yard, operation, id);
    requireSaid(between, reference, where);
    if (between.whole !== reference.before.whole) await requireRecord(yard, operation, id, where);
    if (between.whole === reference.after.whole) return "done";
    return between.whole === reference.before.whole ? "undone" : "half done";
  }

  async #repeat(yard: Yard, operation: CrashOperation, id: string, where: string): Promise<void> {
    if (operation.retry !== undefined) await operation.retry(yard, id);
    else requireDone(operation, await carryOut(yard, operation, id), where);
    requireEnd(await endOf(yard, operation, id), this.#reference(operation), where);
  }

  #reference({ name }: CrashOperation): Reference {
    const reference = this.#references.get(name);
    assert.ok(reference !== undefined);
    return reference;
  }

  /** One of each operation, in an order of their own. */
  async #trials(): Promise<Trial[]> {
    const order = this.#options.operations
      .map((operation) => ({ operation, place: this.#random.fraction() }))
      .sort((a, b) => a.place - b.place);
    return Promise.all(order.map(({ operation }) => this.#trial(operation)));
  }

  async #trial(operation: CrashOperation): Promise<Trial> {
    const id = thingName(operation, ++this.#round);
    await operation.prepare(this.#openedYard, id);
    return { operation, id };
  }

  get #openedYard(): Yard {
    assert.ok(this.#yard !== undefined);
    return this.#yard;
  }
}

/** @returns The answer; `undefined` if none came. */
async function carryOut(yard: Yard, operation: CrashOperation, id: string): Promise<unknown> {
  const { client, request } = operation;
  if (client === undefined) return ask(yard.connection, request(id));
  await client(new ControlClient(yard.connection), id, yard.place);
  return {};
}
