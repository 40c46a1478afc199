import type { Clock, Timer } from "@oxbow/base";
import type { Verdict } from "../auth/identity.ts";
import { HeldInput } from "./held-input.ts";

/**
 * How much longer than for CONNECT a client may wait for the verdict: whoever decides has the same time and shall be
 * the one to say no.
 */
const verdictGraceMs = 1_000;

/** What happens to a connection while it is not known who it is. */
export interface Applying {
  /** Nothing more may be read until {@link Applying.onVerdict}. */
  onVerdictPending(): void;
  /** Called at once if the verdict is there, else later, unless {@link Admission.stop} comes first. */
  onVerdict(verdict: Verdict): void;
  /** It took too long. */
  onAdmissionTimeout(): void;
}

/** The time before a client is let in: how long it may take, and what it has sent meanwhile. */
export class Admission {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #applying: Applying;
  readonly #input: HeldInput = new HeldInput();
  #timer: Timer | undefined = undefined;
  /** The verdict that is waited for. */
  #pending: Promise<Verdict> | undefined = undefined;

  constructor(clock: Clock, timeoutMs: number, applying: Applying) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#applying = applying;
  }

  /** Whether a verdict is waited for. */
  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  /** From now on the client has its time to authenticate. */
  startTimer(): void {
    this.#setTimer(this.#timeoutMs);
  }

  /** The client has asked to be let in, and `verdict` is what the authorizer says. */
  decide(verdict: Verdict | Promise<Verdict>): void {
    this.#timer?.cancel();
    if (!(verdict instanceof Promise)) {
      this.#applying.onVerdict(verdict);
      return;
    }
    this.#pending = verdict;
    this.#setTimer(this.#timeoutMs + verdictGraceMs);
    this.#applying.onVerdictPending();
    void verdict.then((decided) => {
      if (this.#pending !== verdict) return;
      this.#pending = undefined;
      this.#timer?.cancel();
      this.#applying.onVerdict(decided);
    });
  }

  /** Bytes that are kept. */
  get heldBytes(): number {
    return this.#input.size;
  }

  /** Keeps what came while a verdict is waited for. Returns whether there is room for it. */
  hold(chunk: Buffer): boolean {
    return this.#input.add(chunk);
  }

  /** Takes what was kept. */
  takeHeld(): Buffer | undefined {
    return this.#input.size === 0 ? undefined : this.#input.take();
  }

  /** Nobody waits any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#pending = undefined;
    if (this.#input.size > 0) this.#input.take();
  }

  #setTimer(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(delayMs, () => this.#applying.onAdmissionTimeout());
  }
}
