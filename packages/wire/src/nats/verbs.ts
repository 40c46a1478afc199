import { CASE_BIT, isBlank, SPACE } from "./ascii.ts";

/** The first byte that is a lower-case letter. */
const LOWER_A = 97;

/** {@link VerbTable.match}: no verb of the table begins like this. */
export const VERB_UNKNOWN = -1;
/** {@link VerbTable.match}: what is there may become a verb of the table. */
export const VERB_PARTIAL = -2;

/** The verbs of one direction of the protocol. Letters match in either case. */
export class VerbTable {
  readonly #verbs: readonly Buffer[];

  /**
   * @param verbs - In lower case, none a prefix of another. One that ends with a space demands a space or a tab
   * there; after another the arguments, if any, may follow at once.
   */
  constructor(verbs: readonly string[]) {
    this.#verbs = verbs.map((verb) => Buffer.from(verb, "latin1"));
  }

  /** Size of a verb in bytes, with the blank it demands. */
  size(code: number): number {
    return this.#verbs[code]!.length;
  }

  /** The index of the verb that the bytes `[at, end)` begin with, {@link VERB_PARTIAL} or {@link VERB_UNKNOWN}. */
  match(buffer: Buffer, at: number, end: number): number {
    const verbs = this.#verbs;
    for (let code = 0; code < verbs.length; code++) {
      const verb = verbs[code]!;
      const size = Math.min(verb.length, end - at);
      let matched = 0;
      while (matched < size && matches(buffer[at + matched]!, verb[matched]!)) matched++;
      if (matched === verb.length) return code;
      if (matched === end - at) return VERB_PARTIAL;
    }
    return VERB_UNKNOWN;
  }
}

function matches(byte: number, expected: number): boolean {
  if (expected >= LOWER_A) return (byte | CASE_BIT) === expected;
  if (expected === SPACE) return isBlank(byte);
  return byte === expected;
}
