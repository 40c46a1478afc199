import { createHash, timingSafeEqual } from "node:crypto";

/** A password or token to compare with. Keeps its hash only. */
export class Secret {
  readonly #digest: Buffer;

  constructor(text: string) {
    this.#digest = digestOf(text);
  }

  /** Whether `text` is the secret. Takes the same time whichever byte differs, and whatever the lengths are. */
  equals(text: string): boolean {
    return timingSafeEqual(this.#digest, digestOf(text));
  }
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}
