/** How many ingest URLs there may be, and what of them is bounded. */
export interface IngestLimits {
  /** Of a station. */
  readonly stationUrlsMax: number;
  /** Of an account. */
  readonly urlsMax: number;
  readonly headersMax: number;
  readonly descriptionCharsMax: number;
  readonly secretCharsMin: number;
  readonly secretCharsMax: number;
  /** How far the time of a signed request may be away, by default and at most. */
  readonly toleranceMsDefault: number;
  readonly toleranceMsMax: number;
  /** How long what was rotated out is taken, by default and at most. */
  readonly graceMsDefault: number;
  readonly graceMsMax: number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

export const ingestLimits: IngestLimits = {
  stationUrlsMax: 20,
  urlsMax: 500,
  headersMax: 20,
  descriptionCharsMax: 1_024,
  secretCharsMin: 8,
  secretCharsMax: 512,
  toleranceMsDefault: 5 * minuteMs,
  toleranceMsMax: 60 * minuteMs,
  graceMsDefault: dayMs,
  graceMsMax: 30 * dayMs,
};
