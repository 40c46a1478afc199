/** Nanoseconds in each unit of a Go duration. */
const unitNs: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "\u00b5s": 1_000n, // Micro sign.
  "\u03bcs": 1_000n, // Greek mu.
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** No sensible duration is longer; bounds the work that a client can ask for. */
const TEXT_LENGTH_MAX = 128;

const INT64_MAX = 2n ** 63n - 1n;

/**
 * Reads a duration as Go writes it: `5s`, `1h30m`, `-1.5ms`, `0`.
 *
 * @returns Nanoseconds; `undefined` if `text` is no duration, does not fit into 64 bits, or is absurdly long.
 */
export function parseGoDuration(text: string): bigint | undefined {
  if (text.length > TEXT_LENGTH_MAX) return undefined;
  const match = /^([+-]?)(0|(?:(?:\d+(?:\.\d*)?|\.\d+)[^\d.]+)+)$/.exec(text);
  if (match === null) return undefined;
  const [, sign, terms = ""] = match;
  if (terms === "0") return 0n;
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of terms.matchAll(
    /(\d*)(?:\.(\d*))?([^\d.]+)/g,
  )) {
    const unitSize = Object.hasOwn(unitNs, unit) ? unitNs[unit] : undefined;
    if (unitSize === undefined) return undefined;
    total += BigInt(whole === "" ? "0" : whole) * unitSize;
    const digits = fraction.slice(0, 18); // What lies beyond can not add up to a nanosecond.
    if (digits !== "") total += (BigInt(digits) * unitSize) / 10n ** BigInt(digits.length);
  }
  if (sign === "-") return total > INT64_MAX + 1n ? undefined : -total;
  return total > INT64_MAX ? undefined : total;
}

/** Writes nanoseconds as Go prints a duration: `1m0s`, `1.5s`, `300ms`, `0s`. */
export function formatGoDuration(ns: bigint): string {
  if (ns < 0n) return `-${formatGoDuration(-ns)}`;
  if (ns === 0n) return "0s";
  if (ns < 1_000n) return `${ns}ns`;
  if (ns < 1_000_000n) return `${decimal(ns, 1_000n, 3)}\u00b5s`;
  if (ns < 1_000_000_000n) return `${decimal(ns, 1_000_000n, 6)}ms`;
  const minutes = ns / 60_000_000_000n;
  const seconds = `${decimal(ns % 60_000_000_000n, 1_000_000_000n, 9)}s`;
  if (minutes === 0n) return seconds;
  const hours = minutes / 60n;
  return hours === 0n ? `${minutes}m${seconds}` : `${hours}h${minutes % 60n}m${seconds}`;
}

/** `value / divisor` with at most `digits` decimals and no trailing zeros. */
function decimal(value: bigint, divisor: bigint, digits: number): string {
  const fraction = String(value % divisor)
    .padStart(digits, "0")
    .replace(/0+$/, "");
  return fraction === "" ? `${value / divisor}` : `${value / divisor}.${fraction}`;
}
