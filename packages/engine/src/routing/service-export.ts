import type { Clock, Timer } from "@oxbow/base";
import type { ExportOptions } from "../options/accounts.ts";
import type { ServiceResponse } from "./service-response.ts";

/** How long answers are waited for; of answers in several messages, how long for each. */
const thresholdMsDefault = 120_000;

/** A service that an account offers to others, with the answers that it owes. */
export class ServiceExport {
  readonly subject: string;
  options: ExportOptions;
  readonly #clock: Clock;
  /** Answers that are waited for, least recently used first. */
  #first: ServiceResponse | undefined = undefined;
  #last: ServiceResponse | undefined = undefined;
  #timer: Timer | undefined = undefined;

  constructor(options: ExportOptions, clock: Clock) {
    this.subject = options.subject;
    this.options = options;
    this.#clock = clock;
  }

  get isSingleton(): boolean {
    return (this.options.responseType ?? "singleton") === "singleton";
  }

  get thresholdMs(): number {
    return this.options.responseThresholdMs || thresholdMsDefault;
  }

  /** Waits for an answer from now on. */
  watch(response: ServiceResponse): void {
    response.lastActiveMs = this.#clock.monotonicMs();
    this.#append(response);
    if (this.#timer === undefined) this.#startTimer(this.thresholdMs);
  }

  /** An answer has more messages to come: waits for them from now on. */
  touch(response: ServiceResponse): void {
    this.#unlink(response);
    response.lastActiveMs = this.#clock.monotonicMs();
    this.#append(response);
  }

  /** Waits for an answer no more. */
  forget(response: ServiceResponse): void {
    this.#unlink(response);
    if (this.#first === undefined) this.close();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #startTimer(delayMs: number): void {
    this.#timer = this.#clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      this.#expire();
    });
  }

  #expire(): void {
    const oldestMs = this.#clock.monotonicMs() - this.thresholdMs;
    let response = this.#first;
    while (response !== undefined && response.lastActiveMs <= oldestMs) {
      response.end("timeout");
      response = this.#first;
    }
    if (response !== undefined) this.#startTimer(Math.max(1, response.lastActiveMs - oldestMs));
  }

  #append(response: ServiceResponse): void {
    response.previous = this.#last;
    response.next = undefined;
    if (this.#last === undefined) this.#first = response;
    else this.#last.next = response;
    this.#last = response;
  }

  #unlink(response: ServiceResponse): void {
    const { previous, next } = response;
    if (previous !== undefined) previous.next = next;
    else if (this.#first === response) this.#first = next;
    if (next !== undefined) next.previous = previous;
    else if (this.#last === response) this.#last = previous;
    response.previous = undefined;
    response.next = undefined;
  }
}
