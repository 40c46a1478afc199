import type { Socket } from "@oxbow/base";

/** Keeps a socket paused while anybody has a reason for it. */
export class ReadGate {
  readonly #socket: Pick<Socket, "pause" | "resume">;
  readonly #reasons: Set<string> = new Set();

  constructor(socket: Pick<Socket, "pause" | "resume">) {
    this.#socket = socket;
  }

  /** Pauses for `reason`; no effect if that reason is given already. */
  pause(reason: string): void {
    if (this.#reasons.size === 0) this.#socket.pause();
    this.#reasons.add(reason);
  }

  /** Takes `reason` back; no effect if it was not given. */
  resume(reason: string): void {
    if (this.#reasons.delete(reason) && this.#reasons.size === 0) this.#socket.resume();
  }
}
