import { isOwnStream, matchesStars, stationToken } from "oxbow/internal";
import { directoryLimits } from "./limits.ts";

/** Whether `text` can be a pattern of stations: characters of names, and `*` for any of them. */
export function isStationPattern(text: string): boolean {
  return (
    text.length <= directoryLimits.patternCharsMax && /^[A-Za-z0-9*][A-Za-z0-9_.*-]*$/.test(text)
  );
}

/**
 * Whether a station is one of those that a pattern means. `*` is any characters, dots too: `prod.*` is `prod.orders` and
 * `prod.eu.orders`. What begins with `_` or `$` no leading `*` stands for, and what is the platform's own is nobody's.
 *
 * @param name - As it is kept, or as it is in subjects.
 */
export function isStationOf(pattern: string, name: string): boolean {
  if (isOwnStream(name) || (pattern.startsWith("*") && /^[$_]/.test(name))) return false;
  return matchesStars(stationToken(pattern), stationToken(name));
}

/** The token of a subject of the control API that stands for stations of a pattern, as permissions have it. */
export function controlGlob(pattern: string): string {
  return stationToken(pattern);
}

/** The names of the streams of such stations, all partitions among them. */
export function streamGlobs(pattern: string): string[] {
  const token = stationToken(pattern);
  return token.endsWith("*") ? [token] : [token, `${token}$*`];
}
