import type { Timer } from "@oxbow/base";
import { randomName } from "../../random-name.ts";
import { nsToMs } from "../../time/ns-to-ms.ts";
import type { ConsumerConfig } from "../config/consumer-config.ts";
import type { JetStreamServices } from "../services.ts";
import type { MessageFeed } from "./message-feed.ts";
import type { WaitingRequest } from "./pull-queue.ts";

/** Letters of the id that a pinned client gets. */
const PIN_ID_SIZE = 22;

/** What becomes of a request whose turn it is: it gets the message, another one does, or it is over. */
export type Turn = "serve" | "skip" | "stale";

/** Whose pull requests these are. */
export interface PrioritizedConsumer {
  readonly name: string;
  readonly streamName: string;
}

/**
 * Says, for a consumer with a priority policy (ADR-42), which of the waiting requests gets a message: with `overflow`
 * one whose thresholds are met, with `pinned_client` those of one client, until that has asked for nothing for a while.
 * With `prioritized` the queue itself is in order.
 */
export class PullPriority {
  /** The id of the client that gets all messages; `""` if none does. */
  pinId = "";
  /** Since when, in wall-clock milliseconds; 0 if none does. */
  pinnedAtMs = 0;
  readonly #services: JetStreamServices;
  readonly #consumer: PrioritizedConsumer;
  readonly #feed: MessageFeed;
  readonly #deliver: () => void;
  #config: ConsumerConfig;
  /** Whether the turn that is under way began without a pinned client. */
  #isPinFree = false;
  #timer: Timer | undefined;

  /** @param deliver - Runs the delivery loop. */
  constructor(
    services: JetStreamServices,
    config: ConsumerConfig,
    consumer: PrioritizedConsumer,
    feed: MessageFeed,
    deliver: () => void,
  ) {
    this.#services = services;
    this.#config = config;
    this.#consumer = consumer;
    this.#feed = feed;
    this.#deliver = deliver;
  }

  update(config: ConsumerConfig): void {
    if (config.priority_policy !== "pinned_client") this.#clear();
    this.#config = config;
  }

  close(): void {
    this.#timer?.cancel();
  }

  /** A message is there; each waiting request is asked with {@link turnOf} until one gets it. */
  beginTurn(): void {
    this.#isPinFree = this.#config.priority_policy === "pinned_client" && this.pinId === "";
  }

  turnOf(request: WaitingRequest): Turn {
    switch (this.#config.priority_policy) {
      case "overflow":
        return this.#isOverflowing(request) ? "serve" : "skip";
      case "pinned_client":
        return this.#turnOfPinned(request);
      default:
        return "serve";
    }
  }

  /** The request that was just pinned can't take the message: another one may be pinned. */
  giveBack(request: WaitingRequest): void {
    if (this.#isPinFree && request.pinId === this.pinId) this.#clear();
  }

  /** A request came: the pinned client is alive. False if its id is not that of the pinned client. */
  onRequest(id: string): boolean {
    if (this.pinId === "" || id === "") return true;
    if (id !== this.pinId) return false;
    this.#restartTimer();
    return true;
  }

  /** Takes the pin from whoever has it, so that another client may have it. */
  unpin(reason: "admin" | "timeout"): void {
    this.#clear();
    const { advisories, account } = this.#services;
    const { name, streamName } = this.#consumer;
    advisories.groupUnpinned(account.name, streamName, name, this.#group, reason);
    this.#deliver();
  }

  get #group(): string {
    return this.#config.priority_groups[0] ?? "";
  }

  #isOverflowing({ minPending, minAckPending }: WaitingRequest): boolean {
    if (minPending <= 0 && minAckPending <= 0) return true;
    const { pendingAfter, progress } = this.#feed;
    return (
      (minPending > 0 && minPending <= pendingAfter + 1) ||
      (minAckPending > 0 && minAckPending <= progress.pending.size)
    );
  }

  #turnOfPinned(request: WaitingRequest): Turn {
    if (this.#isPinFree) {
      if (request.pinId !== "" && request.pinId !== this.pinId) return "stale";
      this.#pin(request);
      return "serve";
    }
    if (request.pinId === this.pinId) return "serve";
    return request.pinId === "" ? "skip" : "stale";
  }

  #pin(request: WaitingRequest): void {
    if (!request.hasGroup) return;
    const { advisories, account, clock, random } = this.#services;
    const { name, streamName } = this.#consumer;
    this.pinId = randomName(random, PIN_ID_SIZE);
    this.pinnedAtMs = clock.nowMs();
    request.pinId = this.pinId;
    this.#restartTimer();
    advisories.groupPinned(account.name, streamName, name, this.#group, this.pinId);
  }

  #clear(): void {
    this.pinId = "";
    this.pinnedAtMs = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #restartTimer(): void {
    this.#timer?.cancel();
    const timeoutMs = nsToMs(this.#config.priority_timeout);
    this.#timer = this.#services.clock.setTimer(timeoutMs, () => this.unpin("timeout"));
  }
}
