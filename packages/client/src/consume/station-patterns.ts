import { clientError } from "../errors.ts";

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
    if (given === undefined || !matchesPart(part, given)) return false;
  }
  return wanted.length === parts.length;
}

/** The pieces between the stars are looked for one after the other, so that no pattern takes long. */
function matchesPart(part: string, given: string): boolean {
  const [first = "", ...rest] = part.split("*");
  const last = rest.pop();
  if (last === undefined) return given === first;
  if (given.length < first.length + last.length || !given.startsWith(first)) return false;
  const end = given.length - last.length;
  let at = first.length;
  for (const piece of rest) {
    const found = given.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return given.endsWith(last) && (part !== "*" || given !== "");
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
