import { encodeHeaders } from "@oxbow/wire/nats";
import type { Sender } from "../sender.ts";
import type { ConsumerProgress } from "./consumer-progress.ts";
import type { PullQueueEvents, WaitingRequest } from "./pull-queue.ts";

const noBytes: Buffer = Buffer.alloc(0);

/** What a consumer says to pull requests beside messages. */
export class PullReplies implements PullQueueEvents {
  readonly #sender: Sender;
  readonly #progress: ConsumerProgress;

  constructor(sender: Sender, progress: ConsumerProgress) {
    this.#sender = sender;
    this.#progress = progress;
  }

  status(reply: Buffer, code: number, text: string): void {
    this.#sender.send(reply, noBytes, encodeHeaders({ code, text }, []));
  }

  /** The request is over, and this is what it did not get. */
  ended({ reply, left, bytesLeft }: WaitingRequest, code: number, text: string): void {
    const headers = encodeHeaders({ code, text }, [
      ["Nats-Pending-Messages", String(left)],
      ["Nats-Pending-Bytes", String(bytesLeft)],
    ]);
    this.#sender.send(reply, noBytes, headers);
  }

  onExpired(request: WaitingRequest): void {
    this.ended(request, 408, "Request Timeout");
  }

  onNoMessages({ reply }: WaitingRequest): void {
    this.status(reply, 404, "No Messages");
  }

  onHeartbeat({ reply }: WaitingRequest): void {
    const headers = encodeHeaders({ code: 100, text: "Idle Heartbeat" }, [
      ["Nats-Last-Consumer", String(this.#progress.deliveredConsumer)],
      ["Nats-Last-Stream", String(this.#progress.nextSequence - 1)],
    ]);
    this.#sender.send(reply, noBytes, headers);
  }
}
