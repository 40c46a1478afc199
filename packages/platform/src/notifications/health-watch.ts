import type { JetStreamManager } from "@nats-io/jetstream";
import type { Clock, Timer } from "@oxbow/base";
import type { Rule } from "oxbow/control";
import { notificationLimits } from "./limits.ts";
import type { NotificationConfig } from "./notification-config.ts";
import { type Finding, foldFindings } from "./rules/fold.ts";
import type { ServerProbes } from "./rules/looker.ts";
import type { RuleDesk } from "./rules/rule-desk.ts";
import { newRuleState, type RuleState } from "./rules/rule-state.ts";
import type { Sender } from "./send/sender.ts";

/** What a watch works with. */
export interface HealthParts {
  readonly manager: JetStreamManager;
  readonly clock: Clock;
  readonly config: NotificationConfig;
  /** By which notices are put out now. */
  readonly desk: () => RuleDesk | undefined;
  readonly sender: Sender;
  readonly probes: ServerProbes;
  /** Whether it is this process that tells. */
  readonly isMine: () => boolean;
  readonly onProblem: (problem: unknown) => void;
}

/**
 * Looks whether the server stores messages. Where nothing can be stored, notices can't either: then they are sent at once,
 * once, and remembered only here.
 */
export class HealthWatch {
  readonly #parts: HealthParts;
  /** Of rules for which something could not be written down. */
  readonly #unwritten = new Map<string, RuleState>();
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;
  #isOver = false;

  constructor(parts: HealthParts) {
    this.#parts = parts;
    this.#arm();
  }

  /** Looks now. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch(this.#parts.onProblem)
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async close(): Promise<void> {
    this.#isOver = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  #arm(): void {
    if (this.#isOver) return;
    this.#timer = this.#parts.clock.setTimer(notificationLimits.lookEveryMs, () => {
      void this.look().then(() => this.#arm());
    });
  }

  get #rules(): Rule[] {
    const { rules } = this.#parts.config;
    return [...rules.values()].filter(({ when }) => when === "engineUnhealthy");
  }

  async #look(): Promise<void> {
    if (this.#isOver || !this.#parts.isMine() || this.#rules.length === 0) return;
    const problem = await this.#problem();
    if (this.#isOver || !this.#parts.isMine()) return;
    const findings = new Map<string, Finding>();
    if (problem !== undefined) {
      const title = "The server does not store messages";
      findings.set("engine", { station: null, group: null, title, text: problem });
    }
    for (const rule of this.#rules) await this.#tell(rule, findings);
  }

  async #tell(rule: Rule, findings: ReadonlyMap<string, Finding>): Promise<void> {
    const { clock } = this.#parts;
    const desk = this.#parts.desk();
    if (desk === undefined) return;
    const unwritten = this.#unwritten.get(rule.name);
    const nowMs = clock.nowMs();
    try {
      const fold = (_: Rule, state: RuleState) =>
        foldFindings(rule, unwritten ?? state, findings, nowMs);
      await desk.takeUp(fold, ({ name }) => name === rule.name);
      this.#unwritten.delete(rule.name);
    } catch (error) {
      this.#parts.onProblem(error);
      await this.#tellAtOnce(
        desk,
        rule,
        unwritten ?? newRuleState(rule.createdAt),
        findings,
        nowMs,
      );
    }
  }

  async #tellAtOnce(
    desk: RuleDesk,
    rule: Rule,
    before: RuleState,
    findings: ReadonlyMap<string, Finding>,
    nowMs: number,
  ): Promise<void> {
    const { config, sender, onProblem } = this.#parts;
    const { state, notices } = foldFindings(rule, before, findings, nowMs);
    this.#unwritten.set(rule.name, state);
    for (const notice of notices) {
      for (const name of desk.channelsFor(rule, notice)) {
        const channel = config.channels.get(name);
        if (channel === undefined) continue;
        await sender.send(channel.to, notice).catch(onProblem);
      }
    }
  }

  async #problem(): Promise<string | undefined> {
    const { manager, probes } = this.#parts;
    const told = probes.health?.();
    if (told !== undefined) return told;
    try {
      await manager.getAccountInfo();
      return undefined;
    } catch (error) {
      return `JetStream does not answer: ${(error as Error).message}`;
    }
  }
}
