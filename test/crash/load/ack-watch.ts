/** Tells when a message that was sent after a certain moment has been acknowledged. */
export class AckWatch {
  #moment = 0;
  #waiting: PromiseWithResolvers<void> | undefined;

  /** The present moment, to be kept with a message that is sent now. */
  get moment(): number {
    return this.#moment;
  }

  /** Resolves once a message is acknowledged that was not yet sent when this is called. */
  nextAck(): Promise<void> {
    this.#moment += 1;
    this.#waiting = Promise.withResolvers<void>();
    return this.#waiting.promise;
  }

  /** A message that was sent at `moment` is acknowledged. */
  acked(moment: number): void {
    if (moment === this.#moment) this.#waiting?.resolve();
  }
}
