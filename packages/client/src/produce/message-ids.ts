import { randomBytes } from "node:crypto";

/** Ids that no other client makes: chance, once, and a number. */
export class MessageIds {
  readonly #prefix = `${randomBytes(12).toString("base64url")}-`;
  #made = 0;

  next(): string {
    return this.#prefix + (this.#made++).toString(36);
  }
}
