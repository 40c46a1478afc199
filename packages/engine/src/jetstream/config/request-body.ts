import { JsonParser, JsonSyntaxError } from "../../json/json-syntax.ts";
import { type Shape, ShapeReader } from "../../json/shape.ts";
import { accepted, type Checked, jsError, refused } from "./errors.ts";

/** Requests above this many bytes are refused unread: a configuration with all its subjects stays far below. */
export const REQUEST_SIZE_MAX: number = 4 * 1024 * 1024;

const OPENING_BRACE = 0x7b;
const OPENING_BRACKET = 0x5b;
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** How the requests of an API are read. */
export interface RequestReading {
  /** Whether members that are not known are refused, or left out. */
  readonly isStrict: boolean;
  /** Told what is wrong with a request, refused or not. */
  onProblem(problem: string): void;
}

/** Refuses, and tells nobody else. */
export const strictly: RequestReading = { isStrict: true, onProblem: () => {} };

/**
 * Reads a request of the JetStream API, strictly: names that are not known and values of a wrong type are refused, with
 * the texts of nats-server. An empty body asks for the defaults, and so does one of blanks only. What is refused is read
 * once more where `reading` is not strict, as exactly one value whose unknown members do not count.
 *
 * Integers keep all their digits where {@link Shape} says so (`bigint` for durations); nothing in a request can reach a
 * prototype; depth and size are bounded.
 *
 * @returns The value, complete with defaults; or error 10025.
 */
export function decodeRequest<T>(
  bytes: Buffer,
  shape: Shape<T>,
  reading: RequestReading = strictly,
): Checked<T> {
  const strict = decodeStrictly(bytes, shape);
  if (strict.ok) return strict;
  reading.onProblem(strict.problem);
  if (reading.isStrict) return refused(jsError(10025, { err: strict.problem }));
  const lenient = decodeLenient(bytes, 0, bytes.length, shape);
  if (lenient.ok) return accepted(lenient.value);
  return refused(jsError(10025, { err: lenient.problem }));
}

/** The same for requests that may ask for nothing in particular, as they do with anything but an object or a list. */
export function decodeWishes<T>(
  bytes: Buffer,
  shape: Shape<T>,
  reading?: RequestReading,
): Checked<T> {
  const start = bytes.findIndex((byte) => !BLANKS.has(byte));
  const isAsking = bytes[start] === OPENING_BRACE || bytes[start] === OPENING_BRACKET;
  return isAsking ? decodeRequest(bytes, shape, reading) : accepted(shape.zero());
}

function decodeStrictly<T>(bytes: Buffer, shape: Shape<T>): Decoded<T> {
  if (bytes.length > REQUEST_SIZE_MAX) {
    return { ok: false, problem: sizeProblem(bytes.length) };
  }
  const body = bytes.toString("latin1");
  const parser = new JsonParser(body);
  let value = shape.zero();
  try {
    // Values that follow one another are taken as one, the later over the earlier, as nats-server takes them.
    while (!parser.isAtEnd()) {
      const reader = new ShapeReader(body, true);
      value = shape.read(parser.next(), value, undefined, reader);
      if (reader.problem !== undefined) return { ok: false, problem: reader.problem };
    }
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const place = error.offset === undefined ? "" : ` at offset ${error.offset}`;
    return { ok: false, problem: `${error.message}${place}` };
  }
  return { ok: true, value };
}

function sizeProblem(size: number): string {
  return `request of ${size} bytes exceeds ${REQUEST_SIZE_MAX}`;
}

/** The outcome of {@link decodeLenient}; `problem` is Go's text for it. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads the body of a pull request, a nak or a direct get, which nats-server reads less strictly: exactly one value,
 * whose unknown members are ignored.
 */
export function decodeLenient<T>(
  bytes: Buffer,
  start: number,
  end: number,
  shape: Shape<T>,
): Decoded<T> {
  if (end - start > REQUEST_SIZE_MAX) {
    return { ok: false, problem: sizeProblem(end - start) };
  }
  const body = bytes.toString("latin1", start, end);
  const parser = new JsonParser(body);
  try {
    const node = parser.next();
    if (!parser.isAtEnd()) parser.fail("after top-level value");
    const reader = new ShapeReader(body, false);
    const value = shape.read(node, shape.zero(), undefined, reader);
    return reader.problem === undefined
      ? { ok: true, value }
      : { ok: false, problem: reader.problem };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const isCutShort = error.offset === undefined;
    return { ok: false, problem: isCutShort ? "unexpected end of JSON input" : error.message };
  }
}
