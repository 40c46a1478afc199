import type { JetStreamManager } from "@nats-io/jetstream";
import type { LineageGraph, LineageRequest, StationOfDeadLetters } from "oxbow/control";
import { type LineageSources, lineageFacts } from "./lineage-facts.ts";
import { lineageGraph } from "./lineage-graph.ts";

/** Dead letters are counted one by one, so that they are not counted again each time somebody looks. */
const deadLettersAgeMs = 15_000;

/** Draws lineages for those who look at them again and again. */
export class Lineage {
  readonly #manager: JetStreamManager;
  readonly #countDead: () => Promise<readonly StationOfDeadLetters[]>;
  #dead: readonly StationOfDeadLetters[] = [];
  #counting: Promise<void> | undefined = undefined;
  #countedMs = Number.NEGATIVE_INFINITY;

  /** @param countDead - Counts the dead letters of all stations. */
  constructor(
    manager: JetStreamManager,
    countDead: () => Promise<readonly StationOfDeadLetters[]>,
  ) {
    this.#manager = manager;
    this.#countDead = countDead;
  }

  /** The stations that have dead letters, as they were a moment ago. */
  async deadLetters(): Promise<readonly StationOfDeadLetters[]> {
    if (performance.now() - this.#countedMs > deadLettersAgeMs) {
      this.#counting ??= this.#count().finally(() => (this.#counting = undefined));
      await this.#counting;
    }
    return this.#dead;
  }

  /** @param sources - Of what who asks may see. */
  async graph(
    sources: Omit<LineageSources, "manager">,
    request: LineageRequest,
  ): Promise<LineageGraph> {
    return lineageGraph(await lineageFacts({ ...sources, manager: this.#manager }, request));
  }

  async #count(): Promise<void> {
    this.#dead = await this.#countDead();
    this.#countedMs = performance.now();
  }
}
