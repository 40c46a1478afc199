import type { Clock, Timer } from "@oxbow/base";
import type { ClientInfo } from "../../routing/client-info.ts";
import type { MessageSource } from "../../routing/message-source.ts";

/** How long deliveries rest when somebody they go to cannot keep up. */
const STALL_MS = 10;
const STALL_REASON = "slow subscriber";

/**
 * Whom a consumer's deliveries come from. It is slowed down in the ways a client is that publishes: by a subscriber that
 * cannot keep up, and by a stream that takes the deliveries in and waits for its disk.
 */
export class DeliverySource implements MessageSource {
  readonly id = 0;
  readonly user = "";
  readonly identity = undefined;
  readonly accountName: string;
  readonly isInProcess = false;
  readonly takesHeaders = true;
  readonly rttMs = 0;
  readonly #clock: Clock;
  readonly #onReleased: () => void;
  readonly #reasons: Set<string> = new Set();
  #stallTimer: Timer | undefined;

  /** @param onReleased - Called when deliveries may go on; not while one is being made. */
  constructor(clock: Clock, accountName: string, onReleased: () => void) {
    this.#clock = clock;
    this.accountName = accountName;
    this.#onReleased = onReleased;
  }

  /** Whether deliveries have to wait. */
  get isHeld(): boolean {
    return this.#reasons.size > 0;
  }

  clientInfo(isDetailed: boolean): ClientInfo {
    return isDetailed ? { acc: this.accountName, kind: "JetStream" } : { acc: this.accountName };
  }

  stall(): void {
    if (this.#stallTimer !== undefined) return;
    this.#reasons.add(STALL_REASON);
    this.#stallTimer = this.#clock.setTimer(STALL_MS, () => {
      this.#stallTimer = undefined;
      this.resumeReading(STALL_REASON);
    });
  }

  pauseReading(reason: string): void {
    this.#reasons.add(reason);
  }

  resumeReading(reason: string): void {
    if (this.#reasons.delete(reason) && this.#reasons.size === 0) this.#onReleased();
  }

  close(): void {
    this.#stallTimer?.cancel();
    this.#stallTimer = undefined;
  }
}
