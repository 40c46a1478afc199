import type { Random } from "@oxbow/base";
import { engineError } from "../errors.ts";
import { isValidLiteral } from "./subject.ts";
import {
  isPlaceholder,
  parseTransformFunction,
  type TransformFunction,
  transformError,
} from "./transform-function.ts";
import { type TokenSpans, writeFunction } from "./transform-output.ts";

/** A token of the destination, compiled. */
interface Step {
  /** The token itself, if it is a literal one. */
  readonly bytes: Buffer;
  readonly call: TransformFunction;
  /** Which tokens of the source `call` takes, from 0. */
  readonly tokens: readonly number[];
}

const dot = 0x2e;
/** The decimal digits of the largest partition. */
const partitionDigitsMax = 10;

/**
 * Makes other subjects of those that match a source: `orders.*` to `eu.{{wildcard(1)}}.{{partition(3,1)}}`.
 *
 * Compiled by {@link compileTransform} or {@link compileReversibleTransform}; then it works on bytes and allocates
 * nothing.
 */
export class SubjectTransform {
  /** Wildcards allowed. */
  readonly source: string;
  readonly destination: string;
  readonly #sourceTokens: readonly Buffer[];
  readonly #steps: readonly Step[];
  readonly #hasRest: boolean;
  /** Whether both are `>`. */
  readonly #isIdentity: boolean;
  readonly #random: Random | undefined;
  readonly #fixedSize: number;
  readonly #sizeFactor: number;
  readonly #spans: TokenSpans = { starts: [], ends: [], count: 0 };

  /** @internal Not checked: use the functions that compile. */
  constructor(source: string, destination: string, steps: Step[], random: Random | undefined) {
    this.source = source;
    this.destination = destination;
    this.#sourceTokens = source.split(".").map((token) => Buffer.from(token));
    this.#hasRest = steps.at(-1)?.call.t === "literal" && destination.split(".").at(-1) === ">";
    this.#steps = this.#hasRest ? steps.slice(0, -1) : steps;
    this.#isIdentity = source === ">" && destination === ">";
    this.#random = random;
    let fixedSize = 0;
    let sizeFactor = this.#hasRest ? 1 : 0;
    for (const { bytes, call } of this.#steps) {
      fixedSize += 1 + (call.t === "literal" ? bytes.length : partitionDigitsMax);
      if (call.t !== "literal") sizeFactor += 2;
    }
    this.#fixedSize = fixedSize;
    this.#sizeFactor = sizeFactor;
  }

  /** Bytes that {@link write} makes at most of a subject of `subjectSize`. */
  sizeMax(subjectSize: number): number {
    return this.#fixedSize + this.#sizeFactor * subjectSize;
  }

  /** Whether the subject in `[start, end)` of `buffer` matches the source. It may have wildcards itself, as a filter has. */
  matches(buffer: Uint8Array, start: number, end: number): boolean {
    const tokens = this.#sourceTokens;
    let tokenStart = start;
    for (let index = 0; index < tokens.length; index++) {
      const token = tokens[index] as Buffer;
      if (tokenStart > end) return false;
      let tokenEnd = tokenStart;
      while (tokenEnd < end && buffer[tokenEnd] !== dot) tokenEnd++;
      if (isToken(token, greater)) return true;
      if (tokenEnd === tokenStart) return false;
      if (isSpan(buffer, tokenStart, tokenEnd, greater)) return false;
      if (!isToken(token, star) && !equals(token, buffer, tokenStart, tokenEnd)) return false;
      tokenStart = tokenEnd + 1;
    }
    return tokenStart > end;
  }

  /**
   * Writes what the subject in `[start, end)` of `buffer` becomes, at `offset` of `target`, which has room for
   * {@link sizeMax}. The subject is expected to match. The two buffers must not overlap.
   *
   * @returns Where it ends in `target`.
   */
  write(target: Buffer, offset: number, buffer: Buffer, start: number, end: number): number {
    if (this.#isIdentity) return offset + buffer.copy(target, offset, start, end);
    const spans = this.#spans;
    splitTokens(spans, buffer, start, end);
    let at = offset;
    for (let index = 0; index < this.#steps.length; index++) {
      const step = this.#steps[index] as Step;
      if (index > 0) target[at++] = dot;
      if (step.call.t === "literal") at += step.bytes.copy(target, at);
      else at = writeFunction(target, at, step.call, step.tokens, buffer, spans, this.#random);
    }
    if (!this.#hasRest) return at;
    if (this.#steps.length > 0) target[at++] = dot;
    const restIndex = this.#sourceTokens.length - 1;
    if (restIndex >= spans.count) return at;
    return at + buffer.copy(target, at, spans.starts[restIndex], end);
  }

  /** What `subject`, which is expected to match, becomes. Not for hot paths. */
  apply(subject: string): string {
    const source = Buffer.from(subject);
    const target = Buffer.alloc(this.sizeMax(source.length));
    return target.toString("utf8", 0, this.write(target, 0, source, 0, source.length));
  }

  /** What the literal `subject` becomes; `undefined` if it does not match. Not for hot paths. */
  match(subject: string): string | undefined {
    if (this.#isIdentity) return subject;
    if (!isValidLiteral(subject)) return undefined;
    const bytes = Buffer.from(subject);
    return this.matches(bytes, 0, bytes.length) ? this.apply(subject) : undefined;
  }

  /** The transform that takes this one back. Only of one made by {@link compileReversibleTransform}. */
  inverse(): SubjectTransform {
    const { pattern, placeholders } = untokenizeDestination(this.destination);
    const order = placeholders.map((token) => {
      const call = parseTransformFunction(token);
      return call.t === "wildcard" ? call.wildcard : 0;
    });
    let count = 0;
    const tokens = this.source
      .split(".")
      .map((token) => (token === "*" ? `$${order.indexOf(++count) + 1}` : token));
    return compileReversibleTransform(pattern, tokens.join("."));
  }

  /**
   * What nats-server makes of a transform where it means to take it back, and so what a service import with placeholders
   * stands for: the same as {@link inverse}, but where three wildcards or more change places in turn (`$2.$3.$1`).
   */
  reverse(): SubjectTransform {
    const { pattern, placeholders } = untokenizeDestination(this.destination);
    let next = 0;
    const tokens = this.source
      .split(".")
      .map((token) => (token === "*" ? (placeholders[next++] ?? token) : token));
    return compileReversibleTransform(pattern, tokens.join("."));
  }
}

/**
 * Compiles a transform from `source` (default `>`) to `destination`, in which `$1` and `{{function(…)}}` stand for what
 * the source's wildcards match.
 *
 * @param random - For `random(n)`.
 * @throws `SUBJECT_TRANSFORM_INVALID` with the text of nats-server.
 */
export function compileTransform(
  source: string,
  destination: string,
  random: Random,
): SubjectTransform {
  const from = source === "" ? ">" : source;
  return new SubjectTransform(from, destination, compileSteps(from, destination, false), random);
}

/**
 * Compiles a transform that can be taken back, as imports need: of functions it may use `wildcard` only, and it has to
 * use each wildcard of `source`.
 *
 * @throws `SUBJECT_TRANSFORM_INVALID` with the text of nats-server.
 */
export function compileReversibleTransform(source: string, destination: string): SubjectTransform {
  const from = source === "" ? ">" : source;
  return new SubjectTransform(from, destination, compileSteps(from, destination, true), undefined);
}

/**
 * Checks what {@link compileTransform} would compile, and that no token of the destination but a function has blanks,
 * as nats-server does with mappings and the transforms of streams. An empty destination is none.
 *
 * @throws `SUBJECT_TRANSFORM_INVALID` with the text of nats-server.
 */
export function checkMapping(source: string, destination: string): void {
  if (destination === "") return;
  let hasRest = false;
  for (const token of destination.split(".")) {
    if (token === "" || hasRest) throw transformError("invalid transform", token);
    if (token === ">") hasRest = true;
    else if (/^\{\{.+\}\}$/s.test(token)) parseTransformFunction(token);
    else if (/[\t\n\f\r ]/.test(token)) throw transformError("invalid transform", "");
  }
  compileSteps(source === "" ? ">" : source, destination, false);
}

/**
 * Checks what {@link compileTransform} would compile. An empty destination is none.
 *
 * @throws `SUBJECT_TRANSFORM_INVALID` with the text of nats-server.
 */
export function checkTransform(source: string, destination: string): void {
  if (destination !== "") compileSteps(source === "" ? ">" : source, destination, false);
}

/** A subject with wildcards as destination: `foo.*.*` is `foo.$1.$2`. */
export function tokenizeWildcards(subject: string): string {
  let count = 0;
  return subject
    .split(".")
    .map((token) => (token === "*" ? `$${++count}` : token))
    .join(".");
}

/** A destination as subject with wildcards, and what stood for them: `foo.$2.$1` is `foo.*.*` with `$2` and `$1`. */
export function untokenizeDestination(destination: string): {
  pattern: string;
  placeholders: string[];
} {
  const placeholders: string[] = [];
  const tokens = destination.split(".").map((token) => {
    if (!isPlaceholder(token)) return token;
    placeholders.push(token);
    return "*";
  });
  return { pattern: tokens.join("."), placeholders };
}

function compileSteps(source: string, destination: string, isReversible: boolean): Step[] {
  const from = inspect(source);
  const to = inspect(destination);
  if (from === undefined || to === undefined || to.stars.length > 0 || from.full !== to.full) {
    throw engineError("SUBJECT_TRANSFORM_INVALID", "invalid subject");
  }
  const hasWildcards = from.stars.length > 0 || from.full;
  let usedCount = 0;
  const steps = destination.split(".").map((token): Step => {
    const call = parseTransformFunction(token);
    if (isReversible && hasWildcards && call.t !== "literal" && call.t !== "wildcard") {
      const problem = "the only mapping function allowed for import transforms is {{Wildcard()}}";
      throw transformError(problem, token);
    }
    const wildcards = hasWildcards ? wildcardsOf(call) : literalWildcardsOf(call, token);
    usedCount += wildcards.length;
    const tokens = wildcards.map((wildcard) => {
      if (wildcard > from.stars.length) {
        throw transformError("wildcard index out of range", `${token}: [${wildcard}]`);
      }
      return from.stars[wildcard - 1] ?? 0;
    });
    return { bytes: Buffer.from(token), call, tokens };
  });
  if (isReversible && hasWildcards && usedCount < from.stars.length) {
    throw transformError("not using all of the token wildcard(s)", destination);
  }
  return steps;
}

function wildcardsOf(call: TransformFunction): readonly number[] {
  switch (call.t) {
    case "literal":
    case "random":
      return [];
    case "partition":
      return call.wildcards;
    default:
      return [call.wildcard];
  }
}

/** A source without wildcards can only be partitioned as a whole. */
function literalWildcardsOf(call: TransformFunction, token: string): readonly number[] {
  if (call.t === "literal" || call.t === "random" || call.t === "partition") return [];
  throw transformError("wildcard index out of range", token);
}

/** Where the `*` of a subject are, and whether it ends in `>`; `undefined` if it is malformed. */
function inspect(subject: string): { stars: number[]; full: boolean } | undefined {
  const stars: number[] = [];
  let full = false;
  for (const [index, token] of subject.split(".").entries()) {
    if (token === "" || full) return undefined;
    if (token === ">") full = true;
    else if (token === "*") stars.push(index);
  }
  return { stars, full };
}

const greater = 0x3e;
const star = 0x2a;

function isToken(token: Buffer, code: number): boolean {
  return token.length === 1 && token[0] === code;
}

function isSpan(buffer: Uint8Array, start: number, end: number, code: number): boolean {
  return end - start === 1 && buffer[start] === code;
}

function equals(token: Buffer, buffer: Uint8Array, start: number, end: number): boolean {
  if (token.length !== end - start) return false;
  for (let index = 0; index < token.length; index++) {
    if (token[index] !== buffer[start + index]) return false;
  }
  return true;
}

function splitTokens(spans: TokenSpans, buffer: Buffer, start: number, end: number): void {
  let count = 0;
  let tokenStart = start;
  for (let index = start; index <= end; index++) {
    if (index < end && buffer[index] !== dot) continue;
    spans.starts[count] = tokenStart;
    spans.ends[count] = index;
    count++;
    tokenStart = index + 1;
  }
  spans.count = count;
}
