import { platformError } from "../errors.ts";

const charsMax = 128;

/**
 * The name of a station as it is kept: in lower case.
 *
 * @param name - 1 to 128 letters, digits, `_`, `-` and `.`, with a letter or digit first and last. Dots group stations
 * for permissions: `prod.orders`.
 * @throws OxbowError `STATION_INVALID`
 */
export function stationName(name: string): string {
  const lower = name.toLowerCase();
  if (lower.length === 0) throw platformError("STATION_INVALID", "a station needs a name");
  if (lower.length > charsMax) {
    const message = `the name has ${lower.length} characters, and can have ${charsMax}`;
    throw platformError("STATION_INVALID", message);
  }
  if (!/^[a-z0-9_.-]*$/.test(lower)) {
    const message = `${JSON.stringify(name)} is no name for a station: use letters, digits, "_", "-" and "."`;
    throw platformError("STATION_INVALID", message);
  }
  if (!/^[a-z0-9](?:.*[a-z0-9])?$/.test(lower) || lower.includes("..")) {
    const message = `${JSON.stringify(name)} is no name for a station: begin and end it with a letter or digit, and put no two dots together`;
    throw platformError("STATION_INVALID", message);
  }
  return lower;
}

/**
 * The token that stands for a station in names of streams and in subjects: a dot would end a token, so it is `#`.
 *
 * @param name - As {@link stationName} gives it.
 */
export function stationToken(name: string): string {
  return name.replaceAll(".", "#");
}

/** The name of the stream of a partition: that of the station if it is the only one, else with `$` and its number. */
export function streamName(name: string, partition: number, partitionsCount: number): string {
  const token = stationToken(name);
  return partitionsCount === 1 ? token : `${token}$${partition}`;
}
