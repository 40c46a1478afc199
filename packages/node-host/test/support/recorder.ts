import type { SocketHandler } from "@oxbow/base";

/** Collects what a handler hears and lets the test wait for it. */
export class Recorder implements SocketHandler {
  readonly chunks: Buffer[] = [];
  drainCount = 0;
  closeCount = 0;
  readonly closed: PromiseWithResolvers<Error | undefined> = Promise.withResolvers();
  onDrained: (() => void) | undefined;
  #onText: (() => void) | undefined;

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  onData(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.#onText?.();
  }

  onDrain(): void {
    this.drainCount += 1;
    this.onDrained?.();
  }

  onClose(error: Error | undefined): void {
    this.closeCount += 1;
    this.closed.resolve(error);
  }

  /** Resolves once everything that came together is `text`, or at least as long. */
  heard(text: string): Promise<string> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.text.length >= text.length) resolve(this.text);
      };
      this.#onText = check;
      check();
    });
  }
}
