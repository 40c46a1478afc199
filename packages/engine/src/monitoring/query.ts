import { goQuote } from "@oxbow/wire/go-text";
import { BadRequest } from "./bad-request.ts";

const trueWords = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const falseWords = new Set(["0", "f", "F", "FALSE", "false", "False"]);
const integerMax = 2n ** 63n - 1n;
const unsignedMax = 2n ** 64n - 1n;

/** The parameters of a request over HTTP, read with the strictness and the words of Go. One that is empty is not there. */
export class Query {
  readonly #parameters: URLSearchParams;

  constructor(parameters: URLSearchParams) {
    this.#parameters = parameters;
  }

  text(name: string): string {
    return this.#parameters.get(name) ?? "";
  }

  /** @throws BadRequest */
  boolean(name: string): boolean {
    const text = this.text(name);
    if (text === "" || falseWords.has(text)) return false;
    if (trueWords.has(text)) return true;
    throw problem("boolean", name, "ParseBool", text, "invalid syntax");
  }

  /** @throws BadRequest */
  integer(name: string): number {
    const text = this.text(name);
    if (text === "") return 0;
    if (!/^[+-]?\d+$/.test(text)) throw problem("int", name, "Atoi", text, "invalid syntax");
    const value = BigInt(text.replace("+", ""));
    if (value > integerMax || value < -integerMax - 1n)
      throw problem("int", name, "Atoi", text, "value out of range");
    return Number(value);
  }

  /** @throws BadRequest */
  unsigned(name: string): number {
    const text = this.text(name);
    if (text === "") return 0;
    if (!/^\d+$/.test(text)) throw problem("uint64", name, "ParseUint", text, "invalid syntax");
    const value = BigInt(text);
    if (value > unsignedMax) throw problem("uint64", name, "ParseUint", text, "value out of range");
    return Number(value);
  }
}

function problem(kind: string, name: string, parser: string, text: string, why: string): Error {
  return new BadRequest(
    `Error decoding ${kind} for '${name}': strconv.${parser}: parsing ${goQuote(text)}: ${why}`,
  );
}
