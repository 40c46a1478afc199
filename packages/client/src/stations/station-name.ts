import { checkedName } from "../names.ts";

/**
 * The name of a station as it is kept: in lower case.
 *
 * @param name - 1 to 128 letters, digits, `_`, `-` and `.`, with a letter or digit first and last. Dots group stations
 * for permissions: `prod.orders`.
 * @throws OxbowError `STATION_INVALID`
 */
export function stationName(name: string): string {
  return checkedName(name, "station");
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
