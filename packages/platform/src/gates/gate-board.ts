import type { StreamConfig } from "@nats-io/jetstream";
import type { Clock, Logger, PublishGate } from "@oxbow/base";
import { compileStationGate, type SchemaDemand } from "@oxbow/gate";
import type { StationPolicy } from "../schemas/watch-policies.ts";
import { type GateFacts, gateFactsOf } from "./gate-facts.ts";

/** What keeping gates needs. */
export interface StationGatesOptions {
  /** Puts a gate in the place of the one of that name; `undefined` takes it away. The engine's `setGate`. */
  readonly setGate: (name: string, gate: PublishGate | undefined) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the gate of a station was made of. */
interface Kept {
  readonly facts: GateFacts;
  readonly schema: SchemaDemand | undefined;
  readonly problem: string | undefined;
}

/** Knows what stations are and demand, and has each gate be what follows of it. */
export class GateBoard {
  readonly #options: StationGatesOptions;
  /** What streams say of gates, by stream. */
  readonly #facts = new Map<string, GateFacts>();
  /** The same by station. */
  readonly #stations = new Map<string, GateFacts>();
  readonly #demands = new Map<string, SchemaDemand>();
  /** Why it can't be found out what a station demands of which nothing is known. */
  readonly #problems = new Map<string, string>();
  readonly #kept = new Map<string, Kept>();

  constructor(options: StationGatesOptions) {
    this.#options = options;
  }

  /** Streams that say something of gates. */
  get streams(): string[] {
    return [...this.#facts.keys()];
  }

  /** Stations that have a schema. */
  get demanding(): string[] {
    return [...this.#demands.keys(), ...this.#problems.keys()];
  }

  /** What is wrong with a subject that nobody takes messages of: a partition that a station has not. */
  explainUnheard(subject: string): string | undefined {
    const [, token = "", number = ""] = /^([^.$]+)\$(\d{1,9})(?:\.|$)/.exec(subject) ?? [];
    const {
      station,
      partitions,
      token: own,
    } = this.#stations.get(token.replaceAll("#", ".")) ?? {};
    if (partitions === undefined || own !== token) return undefined;
    const wanted = Number(number);
    if (partitions > 1 && wanted >= 1 && wanted <= partitions) return undefined;
    const has = partitions === 1 ? "one partition" : `the partitions 1 to ${partitions}`;
    const direct = partitions === 1 ? "" : `, or to ${token}$1 to ${token}$${partitions}`;
    return `message refused: station ${station} has ${has}, and none of number ${wanted}: publish to ${token} or ${token}.<key>, whose partition is found${direct}`;
  }

  /** Takes in what a stream is now; `undefined` if it is gone. */
  take(stream: string, config: StreamConfig | undefined): void {
    const before = this.#facts.get(stream);
    const facts = config && gateFactsOf(config);
    if (before !== undefined) {
      this.#facts.delete(stream);
      if (this.#stations.get(before.station) === before) this.#stations.delete(before.station);
    }
    if (facts !== undefined) {
      this.#facts.set(stream, facts);
      this.#stations.set(facts.station, facts);
    }
    if (before !== undefined) this.#update(before.station);
    if (facts !== undefined) this.#update(facts.station);
  }

  /** Takes in what a station demands now. */
  takePolicy({ station, policy }: StationPolicy): void {
    if (policy === undefined) {
      this.#setDemand(station, undefined);
    } else if (policy.problem !== undefined) {
      const { problem, attachment } = policy;
      const text = "what the station demands can't be made ready; what it demanded before holds";
      this.#options.logger.error({ station, error: problem }, text);
      // One that would only be warned of what does not fit loses nothing.
      if (this.#demands.has(station) || attachment?.mode === "warn") return;
      this.#problems.set(station, problem);
      this.#update(station);
    } else {
      const { attachment, version, compiled } = policy;
      const { schema: name, mode } = attachment;
      this.#setDemand(station, { name, version, mode, compiled });
    }
  }

  /** It has no schema any more. */
  demandNothing(station: string): void {
    this.#setDemand(station, undefined);
  }

  #setDemand(station: string, demand: SchemaDemand | undefined): void {
    this.#problems.delete(station);
    if (demand === undefined) this.#demands.delete(station);
    else this.#demands.set(station, demand);
    this.#update(station);
  }

  /** Has the gate of a station be as it is to be now, if it is not. */
  #update(station: string): void {
    const facts = this.#stations.get(station);
    const kept = this.#kept.get(station);
    const schema = this.#demands.get(station);
    const problem = this.#problems.get(station);
    const isSame =
      kept?.schema === schema &&
      kept?.problem === problem &&
      JSON.stringify(kept?.facts) === JSON.stringify(facts);
    if (isSame || (kept === undefined && facts === undefined)) return;
    if (facts === undefined) this.#kept.delete(station);
    else this.#kept.set(station, { facts, schema, problem });
    const { setGate, clock, logger } = this.#options;
    const gate =
      problem === undefined || facts === undefined
        ? facts && compileStationGate({ ...facts, schema }, clock)
        : closedGate(facts, problem, clock);
    try {
      setGate(`station ${station}`, gate);
    } catch (error) {
      logger.error({ station, error: (error as Error).message }, "the gate can't be set");
    }
  }
}

/** The gate of a station of whose messages it can't be said whether they fit. */
function closedGate(facts: GateFacts, problem: string, clock: Clock): PublishGate | undefined {
  const { subjects = [] } = compileStationGate({ ...facts, messageBytesMax: 0 }, clock) ?? {};
  const text = `message refused by station ${facts.station}: its schema can't be used: ${problem}`;
  return { subjects, judge: () => ({ t: "refused", text, deadLetter: undefined }) };
}
