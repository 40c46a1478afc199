import type { OxbowError } from "@oxbow/base";
import type { DeadLetter, DeadLetterContent } from "../control/types/dead-letter.ts";
import type { Decoded } from "../values/value-type.ts";

/**
 * A dead letter with its message: why it is one, of which group, and what was published. What becomes of it is said to the
 * dead letters that it is among, by its `id`.
 */
export class TypedDeadLetter<Value> {
  /** Everything that is known of it. */
  readonly about: DeadLetter;
  /** The payload as it was published; empty if the message is missing. */
  readonly data: Uint8Array;
  readonly #decoded: Decoded;
  readonly #headers: DeadLetterContent["headers"];

  /** Made by `station.deadLetters()`. */
  constructor(
    { headers, payload: _, isPayloadCut: __, ...about }: DeadLetterContent,
    data: Uint8Array,
    decoded: Decoded,
  ) {
    this.about = about;
    this.data = data;
    this.#headers = headers;
    this.#decoded = decoded;
  }

  /** Its number among all dead letters. */
  get id(): number {
    return this.about.id;
  }

  /** The group that gave it up; `null` for a message that was not let in. */
  get group(): string | null {
    return this.about.group;
  }

  /** What the member or the gate said. */
  get error(): string {
    return this.about.error;
  }

  /**
   * The value, of the type that the station has.
   *
   * @throws OxbowError `MESSAGE_INVALID` if there is none: see {@link problem}
   */
  get value(): Value {
    const { value, problem } = this.#decoded;
    if (problem !== undefined) throw problem;
    return value as Value;
  }

  /** What is wrong with the value, as often with one that was refused; or that its message is not there. */
  get problem(): OxbowError | undefined {
    return this.#decoded.problem;
  }

  /** The first value of a header that it was published with. */
  header(name: string): string | undefined {
    return this.#headers.find(([each]) => each === name)?.[1];
  }

  /** All headers that it was published with, with all of their values. */
  get headers(): Readonly<Record<string, readonly string[]>> {
    const all: Record<string, string[]> = {};
    for (const [name, value] of this.#headers) {
      if (!Object.hasOwn(all, name)) all[name] = [];
      all[name]?.push(value);
    }
    return all;
  }
}
