import type { OxbowError } from "@oxbow/base";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { clientError } from "../errors.ts";
import { type Codec, codecOf, type NamedCodecs } from "./codec.ts";

/** What the messages of a station are: how it is said to the client. */
export interface ValueOptions {
  /** Any Standard Schema (zod, valibot, arktype …): what is produced and consumed is held to it. */
  readonly schema?: StandardSchemaV1;
  /** Default `json`. */
  readonly codec?: keyof NamedCodecs | Codec<unknown>;
}

/** A value that came, or what is wrong with it. */
export interface Decoded {
  readonly value: unknown;
  readonly problem: OxbowError | undefined;
}

/** Problems that a text names. */
const problemsTold = 10;

/**
 * What the values of a station are. What goes over the wire is the input of the schema, in the codec's bytes; consumers get
 * its output, with defaults filled in and transformed.
 */
export class ValueType {
  readonly #codec: Codec<unknown>;
  readonly #schema: StandardSchemaV1 | undefined;

  /** @throws OxbowError `OPTIONS_INVALID` */
  constructor({ schema, codec }: ValueOptions) {
    this.#codec = codecOf(codec);
    this.#schema = schema;
  }

  /** Whether a value has to be held to a schema. */
  get isChecked(): boolean {
    return this.#schema !== undefined;
  }

  /**
   * The bytes of a value; a promise of them if the schema takes its time.
   *
   * @throws OxbowError `MESSAGE_INVALID`
   */
  encode(value: unknown): Uint8Array | Promise<Uint8Array> {
    const result = this.#schema?.["~standard"].validate(value);
    if (result instanceof Promise) {
      return result.then(({ issues }) => {
        refuse(issues);
        return this.#bytes(value);
      });
    }
    refuse(result?.issues);
    return this.#bytes(value);
  }

  decode(bytes: Uint8Array): Decoded | Promise<Decoded> {
    let value: unknown;
    try {
      value = this.#codec.decode(bytes);
    } catch (cause) {
      const text = `the message can't be decoded: ${(cause as Error).message}`;
      return { value: undefined, problem: clientError("MESSAGE_INVALID", text, { cause }) };
    }
    const result = this.#schema?.["~standard"].validate(value);
    if (result === undefined) return { value, problem: undefined };
    return result instanceof Promise ? result.then(decodedOf) : decodedOf(result);
  }

  #bytes(value: unknown): Uint8Array {
    try {
      return this.#codec.encode(value);
    } catch (cause) {
      const text = `the value can't be encoded: ${(cause as Error).message}`;
      throw clientError("MESSAGE_INVALID", text, { cause });
    }
  }
}

function decodedOf(result: StandardSchemaV1.Result<unknown>): Decoded {
  if (result.issues === undefined) return { value: result.value, problem: undefined };
  const text = `the message does not fit the schema: ${issuesText(result.issues)}`;
  return { value: undefined, problem: clientError("MESSAGE_INVALID", text) };
}

function refuse(issues: readonly StandardSchemaV1.Issue[] | undefined): void {
  if (issues === undefined) return;
  const text = `the value does not fit the schema: ${issuesText(issues)}`;
  throw clientError("MESSAGE_INVALID", text);
}

function issuesText(issues: readonly StandardSchemaV1.Issue[]): string {
  const told = issues.slice(0, problemsTold).map(({ message, path = [] }) => {
    const keys = path.map((part) => String(typeof part === "object" ? part.key : part));
    return keys.length === 0 ? message : `/${keys.join("/")}: ${message}`;
  });
  const more = issues.length - told.length;
  return told.join("; ") + (more > 0 ? `; and ${more} more` : "");
}
