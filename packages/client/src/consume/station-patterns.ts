import { clientError } from "../errors.ts";
import { matchesStars } from "../stations/stars.ts";

/** Whether this stands for several stations. */
export function isPattern(name: string): boolean {
  return /[*>]/.test(name);
}

/**
 * Whether a station is meant by a pattern: `*` stands for any characters but a dot (`prod.*`, `orders-*`), and a `>` at the end for
 * one part of a name or more (`prod.>`). Large and small letters are the same. Streams that Oxbow keeps for itself are meant by none.
 */
export function matchesPattern(pattern: string, station: string): boolean {
  if (station.startsWith("OXBOW_")) return false;
  const wanted = pattern.toLowerCase().split(".");
  const parts = station.toLowerCase().split(".");
  for (const [index, part] of wanted.entries()) {
    if (part === ">") return parts.length > index;
    const given = parts[index];
    if (given === undefined || !matchesStars(part, given)) return false;
  }
  return wanted.length === parts.length;
}

/** @throws OxbowError `OPTIONS_INVALID` */
export function checkPattern(pattern: string): void {
  const tokens = pattern.toLowerCase().split(".");
  const isFine = tokens.every(
    (token, index) =>
      /^[a-z0-9_*-]+$/.test(token) || (token === ">" && index === tokens.length - 1),
  );
  if (isFine) return;
  const text = `${JSON.stringify(pattern)} stands for no stations: put * for any characters but a dot, > for all parts that follow`;
  throw clientError("OPTIONS_INVALID", text);
}
