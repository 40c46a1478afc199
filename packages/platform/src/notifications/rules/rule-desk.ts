import type { KV } from "@nats-io/kv";
import type { Notice, Rule } from "oxbow/control";
import type { ChannelDocument } from "../documents.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { OnNotifyStep } from "../steps.ts";
import type { Folded } from "./fold.ts";
import { newRuleState, type RuleState, readRuleState } from "./rule-state.ts";

/** What a desk works with. */
export interface DeskParts {
  readonly kv: KV;
  readonly outbox: Outbox;
  readonly onStep: OnNotifyStep;
  /** The channels as they are now. */
  readonly channels: ReadonlyMap<string, ChannelDocument>;
  /** The rules as they are now. */
  readonly rules: ReadonlyMap<string, Rule>;
}

interface Held {
  readonly state: RuleState;
  /** Of its key; 0 if it is not written yet. */
  readonly revision: number;
}

const keyPrefix = "rule.";

/**
 * Keeps how far each rule is, and puts out what comes of it. Notices are put out before the state that they come of is
 * written: who dies in between, and who comes after, puts out the same ones again, which are there already.
 */
export class RuleDesk {
  readonly #parts: DeskParts;
  readonly #held = new Map<string, Held>();
  #doing: Promise<unknown> = Promise.resolve();

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** How far a rule is. */
  stateOf(rule: Rule): Promise<RuleState> {
    return this.#next(async () => (await this.#find(rule)).state);
  }

  /**
   * Takes up something for each rule, one after the other.
   *
   * @throws What the connection throws; and an error of JetStream if somebody else has taken up something meanwhile
   */
  takeUp(
    fold: (rule: Rule, state: RuleState) => Folded,
    isMeant: (rule: Rule) => boolean = () => true,
  ): Promise<void> {
    return this.#next(async () => {
      for (const rule of [...this.#parts.rules.values()]) {
        if (!isMeant(rule)) continue;
        const held = await this.#find(rule);
        const { state, notices } = fold(rule, held.state);
        if (JSON.stringify(state) === JSON.stringify(held.state)) continue;
        for (const notice of notices) await this.put(rule, notice);
        await this.#write(rule, state, held.revision);
      }
    });
  }

  /** Removes what is kept of rules that are gone. */
  tidy(): Promise<void> {
    return this.#next(async () => {
      for await (const key of await this.#parts.kv.keys(`${keyPrefix}*`)) {
        const name = key.slice(keyPrefix.length);
        if (this.#parts.rules.has(name)) continue;
        this.#held.delete(name);
        await this.#parts.kv.purge(key);
      }
    });
  }

  /** Has a notice sent on the channels of its rule. */
  async put(rule: Rule, notice: Notice): Promise<void> {
    for (const name of this.channelsFor(rule, notice)) {
      await this.#parts.outbox.put(name, notice);
      await this.#parts.onStep("notice.put");
    }
  }

  /** Those of a rule that a notice goes to: not a station that it is about itself. */
  channelsFor({ channels }: Rule, notice: Notice): string[] {
    return channels.filter((name) => {
      const channel = this.#parts.channels.get(name);
      if (channel === undefined || channel.isPaused) return false;
      return channel.to.kind !== "station" || channel.to.station !== notice.station;
    });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const outcome = this.#doing.then(work);
    this.#doing = outcome.catch(() => undefined);
    return outcome;
  }

  async #find(rule: Rule): Promise<Held> {
    const known = this.#held.get(rule.name);
    if (known?.state.of === rule.createdAt) return known;
    const entry = await this.#parts.kv.get(`${keyPrefix}${rule.name}`);
    const text = entry?.operation === "PUT" ? entry.string() : "";
    const held = {
      state: readRuleState(text, rule.createdAt) ?? newRuleState(rule.createdAt),
      revision: entry?.revision ?? 0,
    };
    this.#held.set(rule.name, held);
    return held;
  }

  async #write(rule: Rule, state: RuleState, revision: number): Promise<void> {
    const { kv, onStep } = this.#parts;
    try {
      const written = await kv.put(`${keyPrefix}${rule.name}`, JSON.stringify(state), {
        previousSeq: revision,
      });
      this.#held.set(rule.name, { state, revision: written });
    } catch (error) {
      // It may have been written, or be somebody else's: it is read again.
      this.#held.delete(rule.name);
      throw error;
    }
    await onStep("rule.written");
  }
}
