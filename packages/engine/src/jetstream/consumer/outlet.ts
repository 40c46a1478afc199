import type { ActivityEntry } from "../../activity/activity-ledger.ts";
import type { ConsumerConfig } from "../config/consumer-config.ts";
import type { DeliveredMessage } from "./delivered-message.ts";
import type { PullPriority } from "./pull-priority.ts";

/** Where the messages of a consumer go: to those who ask for them, or to a subject. */
export interface Outlet {
  /** Whether somebody is there to take a message. */
  readonly isOpen: boolean;
  /** Whether somebody uses the consumer even now, so that it must not go for want of use. */
  readonly isInUse: boolean;
  /** Whether somebody subscribes to the subject that messages are pushed to. */
  readonly isBound: boolean;
  /** Pull requests that wait. */
  readonly waitingCount: number;
  /** Who of the clients with a priority gets what; `undefined` for a consumer that has no such policy. */
  readonly priority: PullPriority | undefined;
  /** Begins to serve. */
  start(): void;
  /** The consumer is no longer held, if it was: from now on there may be heartbeats. */
  onReleased(): void;
  /** Sends a message that counts as `size` bytes; false if nobody takes it now. */
  take(message: DeliveredMessage, size: number): boolean;
  /** The message that was taken counts as delivered. */
  onDelivered(size: number): void;
  /**
   * The messages that could be delivered now have been.
   *
   * @param isAtEnd - Whether there are none left at all, rather than some that have to wait.
   */
  onIdle(isAtEnd: boolean): void;
  /**
   * Takes the pull request in `[start, end)`, answered on `reply`, whose bytes are kept.
   *
   * @param member - Where is counted what its client gets; `undefined` if nothing is.
   */
  onRequest(
    reply: Buffer,
    buffer: Buffer,
    start: number,
    end: number,
    member: ActivityEntry | undefined,
  ): void;
  /** Counts the requests that wait for those who made them. */
  countPulls(): void;
  /** Takes a changed configuration. */
  update(config: ConsumerConfig): void;
  /** Ends its timers and subscriptions. */
  close(): void;
  /** The consumer was deleted: tells whoever waits. */
  onDeleted(): void;
  /** The server is about to stop: tells whoever waits. */
  onShutdown(): void;
}
