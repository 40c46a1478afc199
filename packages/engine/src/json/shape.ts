import { goQuote } from "@oxbow/wire/go-text";
import { decodeLatin1, type JsonNode } from "./json-syntax.ts";

/** What an answer is made of. Members that are `undefined` are left out; integers beyond 2^53 are `bigint`. */
export type JsonValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Where in a request a value stands, as Go's error texts name it: the struct, and the path of fields to it. */
export interface Place {
  readonly struct: string;
  readonly path: string;
}

/**
 * Collects what is wrong with a request. Reading goes on after a problem, so that the same one is reported as by
 * nats-server: the first value it can not convert at all, or else the first of a wrong type or unknown name.
 */
export class ShapeReader {
  readonly #text: string;
  readonly #isStrict: boolean;
  #fatal: string | undefined;
  #first: string | undefined;

  /** @param text - What the nodes were parsed from. @param isStrict - Whether unknown members are refused. */
  constructor(text: string, isStrict: boolean) {
    this.#text = text;
    this.#isStrict = isStrict;
  }

  /** The problem to report, if any. */
  get problem(): string | undefined {
    return this.#fatal ?? this.#first;
  }

  /** The text of a node, as it was written. */
  raw(node: JsonNode): string {
    return decodeLatin1(this.#text.slice(node.start, node.end));
  }

  fatal(text: string): void {
    this.#fatal ??= text;
  }

  mismatch(node: JsonNode, goType: string, at: Place | undefined, detail = ""): void {
    const target =
      at === undefined ? "value of type" : `struct field ${at.struct}.${at.path} of type`;
    this.#first ??= `json: cannot unmarshal ${node.kind}${detail} into Go ${target} ${goType}`;
  }

  unknownMember(key: string): void {
    if (this.#isStrict) this.#first ??= `json: unknown field ${goQuote(key)}`;
  }
}

/**
 * How a value looks in JSON and in memory. One description serves to read requests, to write answers and to store
 * configurations, so that the three can not drift apart. `null` in a request leaves the default.
 */
export interface Shape<T> {
  /** The type that nats-server names in its error texts. */
  readonly goType: string;
  /** The value of what a request does not mention. */
  zero(): T;
  /** Converts `node`; on a problem tells `reader` and returns `current`, what an earlier duplicate said. */
  read(node: JsonNode, current: T, at: Place | undefined, reader: ShapeReader): T;
  write(value: T): JsonValue;
  /** Whether an optional member with this value is left out of answers. */
  isEmpty(value: T): boolean;
}
