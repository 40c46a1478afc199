import { clientError } from "../errors.ts";

/** Whether this stands for several stations. */
export function isPattern(name: string): boolean {
  return /[*>]/.test(name);
}

/**
 * Whether a station is meant by a pattern: `*` stands for one part of a name between dots, a `>` at the end for one or more.
 * Streams that Oxbow keeps for itself are meant by none.
 */
export function matchesPattern(pattern: string, station: string): boolean {
  if (station.startsWith("OXBOW_")) return false;
  const wanted = pattern.split(".");
  const parts = station.split(".");
  for (const [index, part] of wanted.entries()) {
    if (part === ">") return parts.length > index;
    if (index >= parts.length || (part !== "*" && part !== parts[index])) return false;
  }
  return wanted.length === parts.length;
}

/** @throws OxbowError `OPTIONS_INVALID` */
export function checkPattern(pattern: string): void {
  const tokens = pattern.toLowerCase().split(".");
  const isFine = tokens.every(
    (token, index) =>
      token === "*" ||
      /^[a-z0-9_-]+$/.test(token) ||
      (token === ">" && index === tokens.length - 1),
  );
  if (isFine) return;
  const text = `${JSON.stringify(pattern)} stands for no stations: put * for a part between dots, > for all that follow`;
  throw clientError("OPTIONS_INVALID", text);
}
