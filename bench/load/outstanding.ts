/** Counts what has been sent and acknowledged, and tells when nothing is outstanding any more. */
export class Outstanding {
  sentCount = 0;
  ackedCount = 0;
  #onNone: (() => void) | undefined;

  /** Resolves once everything sent has been acknowledged, which {@link settle} finds out. */
  async none(): Promise<void> {
    if (this.ackedCount === this.sentCount) return;
    await new Promise<void>((resolve) => {
      this.#onNone = resolve;
    });
  }

  /** To be called when the acknowledgements of one read have been counted. */
  settle(): void {
    if (this.ackedCount === this.sentCount) this.#onNone?.();
  }
}
