import { confError } from "./errors.ts";
import type { ConfPosition, ConfValue } from "./value.ts";

const integerMax = 2n ** 63n - 1n;
const integerMin = -(2n ** 63n);

const factors: Readonly<Record<string, bigint>> = {
  "": 1n,
  k: 1000n,
  kb: 1024n,
  ki: 1024n,
  kib: 1024n,
  m: 1000n ** 2n,
  mb: 1024n ** 2n,
  mi: 1024n ** 2n,
  mib: 1024n ** 2n,
  g: 1000n ** 3n,
  gb: 1024n ** 3n,
  gi: 1024n ** 3n,
  gib: 1024n ** 3n,
  t: 1000n ** 4n,
  tb: 1024n ** 4n,
  ti: 1024n ** 4n,
  tib: 1024n ** 4n,
  p: 1000n ** 5n,
  pb: 1024n ** 5n,
  pi: 1024n ** 5n,
  pib: 1024n ** 5n,
  e: 1000n ** 6n,
  eb: 1024n ** 6n,
  ei: 1024n ** 6n,
  eib: 1024n ** 6n,
};

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

/**
 * Decides what a bare word is: an integer with or without a suffix, a float, a boolean, a date, or else a string.
 * Words such as `10s`, `12ab` and `127.0.0.1:4222` are strings, as they are for nats-server.
 *
 * @throws `CONF_SYNTAX` where the word looks like a number and cannot be one.
 */
export function classifyBareWord(word: string, position: ConfPosition): ConfValue {
  const lower = word.toLowerCase();
  const boolean = Object.hasOwn(booleans, lower) ? booleans[lower] : undefined;
  if (boolean !== undefined) return { kind: "boolean", value: boolean, position };
  const integer = /^(-?\d+)([a-z]*)$/.exec(lower);
  if (integer !== null) {
    const factor = factorOf(integer[2] ?? "");
    if (factor !== undefined)
      return integerValue(word, BigInt(integer[1] ?? "") * factor, position);
  }
  if (/^-?\d+\.\d+$/.test(word)) return { kind: "float", value: Number(word), position };
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(word)) return dateValue(word, position);
  if (/^-/.test(word)) {
    const hint = "a value that starts with - is a number, so put other text in quotes";
    throw confError("CONF_SYNTAX", position, `"${word}" is not a number: ${hint}`);
  }
  if (/^\.\d/.test(word)) {
    throw confError("CONF_SYNTAX", position, `a number starts with a digit: write 0${word}`);
  }
  return { kind: "string", value: word, position };
}

function factorOf(suffix: string): bigint | undefined {
  return Object.hasOwn(factors, suffix) ? factors[suffix] : undefined;
}

function integerValue(word: string, value: bigint, position: ConfPosition): ConfValue {
  if (value > integerMax || value < integerMin) {
    throw confError("CONF_SYNTAX", position, `${word} does not fit into 64 bits`);
  }
  return { kind: "integer", value: Number(value), position };
}

function dateValue(word: string, position: ConfPosition): ConfValue {
  const value = new Date(word);
  if (Number.isNaN(value.getTime())) {
    throw confError("CONF_SYNTAX", position, `${word} is not a date in the calendar`);
  }
  return { kind: "date", value, position };
}
