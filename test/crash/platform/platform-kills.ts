import assert from "node:assert/strict";
import { SimRandom } from "@oxbow/testkit";
import { type ServerProgram, TestServer } from "@oxbow/testkit/servers";
import type { CrashOperation } from "../operations/operation.ts";
import {
  endOf,
  look,
  type Reference,
  requireDone,
  requireEnd,
  requireRecord,
  requireSaid,
  thingName,
} from "../operations/oracle.ts";
import { writeName } from "../proxy/write-name.ts";
import type { ProxyCount } from "../proxy/write-proxy.ts";
import type { Yard } from "../yard.ts";
import { ask } from "./ask.ts";
import {
  attempt,
  clientVictim,
  type OpenVictim,
  plantedVictim,
  platformVictim,
  type VictimKind,
} from "./attempt.ts";
import { openPlatform, openYardBeside, platformServerConfig } from "./open-platform.ts";
import { ProcessVictims } from "./process-victims.ts";

export interface PlatformKillOptions {
  readonly program: ServerProgram;
  readonly operations: readonly CrashOperation[];
  /** For each operation. */
  readonly killCount: number;
  readonly seed: string;
  /** Whether the bug of each operation is planted. */
  readonly isPlanted?: boolean;
  /** Whether the platform is a process of its own, which is killed with SIGKILL; otherwise it is cut off. */
  readonly isProcess?: boolean;
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
    await using yard = await openYardBeside(server.url);
    await using processes = new ProcessVictims();
    const openVictim: OpenVictim =
      options.isProcess === true
        ? (url, requests) => processes.open(url, requests)
        : platformVictim;
    for (const operation of options.operations) {
      const kills = new OperationKills(yard, operation, openVictim, options);
      options.print(await (options.isPlanted === true ? kills.catchBug() : kills.run()));
    }
  } finally {
    await server.close();
  }
}

class OperationKills {
  readonly #yard: Yard;
  readonly #operation: CrashOperation;
  readonly #options: PlatformKillOptions;
  readonly #victim: VictimKind;
  readonly #random: SimRandom;
  #round = 0;

  constructor(
    yard: Yard,
    operation: CrashOperation,
    openVictim: OpenVictim,
    options: PlatformKillOptions,
  ) {
    const { isPlanted = false } = options;
    this.#yard = yard;
    this.#operation = operation;
    this.#options = options;
    const { client, plant } = operation;
    if (client !== undefined) {
      const work = isPlanted && plant.client !== undefined ? plant.client : client;
      this.#victim = clientVictim(work, yard.place);
    } else {
      const open = isPlanted ? plantedVictim(plant.run) : openVictim;
      this.#victim = { open, nameOf: writeName };
    }
    this.#random = new SimRandom(options.seed).fork(operation.name);
  }

  async run(): Promise<string> {
    const { name } = this.#operation;
    const { killCount } = this.#options;
    const { reference, writes } = await this.#refer();
    const steps = writes.length + 1;
    // Each step as often as any other, in an order of their own.
    const first = this.#random.below(steps);
    for (let kill = 0; kill < killCount; kill++) {
      await this.#kill((first + kill) % steps, reference);
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

  /** What it is like without a kill; at the end what others do meanwhile may have come first. */
  async #refer(): Promise<{ readonly reference: Reference; readonly writes: readonly string[] }> {
    const { meanwhile } = this.#operation;
    const id = await this.#prepared();
    const before = await this.#look(id);
    const { writes } = await this.#attempt(id);
    const after = await this.#look(id);
    await meanwhile?.(this.#yard, id);
    await this.#retryByOtherMeans(id);
    const ends = [await this.#end(id)];
    if (meanwhile !== undefined) {
      const other = await this.#prepared();
      await meanwhile(this.#yard, other);
      await this.#attempt(other);
      await this.#retryByOtherMeans(other);
      ends.push(await this.#end(other));
    }
    const named = writes.map((write) => write.replaceAll(id, "ID"));
    return { reference: { before, after, ends }, writes: named };
  }

  async #kill(writes: number, reference: Reference): Promise<void> {
    const { name, meanwhile, plant } = this.#operation;
    const { seed, isPlanted } = this.#options;
    const id = await this.#prepared();
    const { isDead, writes: done } = await this.#attempt(id, writes);
    const last = done.at(-1)?.replaceAll(id, "ID") ?? "the request";
    const where = `${name}, killed after ${writes} writes (${last}), --seed ${seed}`;
    assert.ok(isDead, `${where}: there are fewer writes`);
    const between = await this.#look(id);
    requireSaid(between, reference, where);
    const isRecorded = isPlanted !== true || plant.isRecorded === true;
    if (isRecorded && between.whole !== reference.before.whole) {
      await requireRecord(this.#yard, this.#operation, id, where);
    }
    await meanwhile?.(this.#yard, id);
    await this.#retry(id, where);
    requireEnd(await this.#end(id), reference, where);
  }

  async #prepared(): Promise<string> {
    const id = thingName(this.#operation, ++this.#round);
    await this.#operation.prepare(this.#yard, id);
    return id;
  }

  async #attempt(id: string, writes?: number): Promise<ProxyCount> {
    const { connection, port, url } = this.#yard;
    const { client } = this.#operation;
    await using _ = client === undefined ? undefined : await openPlatform(url);
    const request = this.#operation.request(id);
    const plan = { request, id, ...(writes !== undefined && { writes }) };
    return await attempt(port, connection, this.#victim, plan);
  }

  async #retry(id: string, where: string): Promise<void> {
    const { retry, plant } = this.#operation;
    if (retry !== undefined) {
      await this.#retryByOtherMeans(id);
    } else if (this.#options.isPlanted === true || this.#operation.client !== undefined) {
      await this.#attempt(id).catch((error: Error) =>
        assert.fail(`${where}: ${plant.bug}: ${error.message}`),
      );
    } else {
      await using _ = await openPlatform(this.#yard.url);
      const answer = await ask(this.#yard.connection, this.#operation.request(id));
      requireDone(this.#operation, answer, where);
    }
  }

  async #retryByOtherMeans(id: string): Promise<void> {
    const { retry } = this.#operation;
    if (retry === undefined) return;
    await using _ = await openPlatform(this.#yard.url);
    await retry(this.#yard, id);
  }

  #look(id: string): ReturnType<typeof look> {
    return look(this.#yard, this.#operation, id);
  }

  #end(id: string): Promise<string> {
    return endOf(this.#yard, this.#operation, id);
  }
}
