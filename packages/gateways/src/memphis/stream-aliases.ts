/** A stream that an SDK calls by a name that it may not have, and how the subject goes on around it. */
export interface StreamAlias {
  readonly prefix: string;
  /** The token of the station: its name with `#` for each dot. */
  readonly station: string;
  /**
   * `zero`: partition 0, which the Node SDK computes of a key and which is meant to be the last one. `bare`: no partition,
   * which is that of a station with one, or what the Node SDK makes of a station whose name has capitals.
   */
  readonly kind: "zero" | "bare";
  readonly suffix: string;
  /** Whether it asks about a consumer, by which the SDK learns which stream it is to fetch from. */
  readonly isQuestion: boolean;
}

const consumerRequest = /^(\$JS\.API\.CONSUMER\.(INFO|MSG\.NEXT)\.)([^.]+)(\..+)$/;

/** The alias in a subject that a client publishes to; `undefined` if there is none. */
export function aliasIn(subject: string): StreamAlias | undefined {
  const request = consumerRequest.exec(subject);
  if (request !== null) {
    const [, prefix = "", verb, stream = "", suffix = ""] = request;
    const isQuestion = verb === "INFO";
    if (stream.endsWith("$0")) {
      return { prefix, station: stream.slice(0, -2), kind: "zero", suffix, isQuestion };
    }
    if (stream.includes("$")) return undefined;
    return { prefix, station: stream, kind: "bare", suffix, isQuestion };
  }
  const zero = /^([^.$]+)\$0(\..+)$/.exec(subject);
  if (zero === null) return undefined;
  const [, station = "", suffix = ""] = zero;
  return { prefix: "", station, kind: "zero", suffix, isQuestion: false };
}

/**
 * The subject that is meant.
 *
 * @param partitions - How many the station has; 0 if there is none, so that the engine says so.
 * @param turn - A number that rises by one with each question, so that all partitions have their turn.
 */
export function resolveAlias(alias: StreamAlias, partitions: number, turn: number): string {
  const { prefix, station, kind, suffix } = alias;
  return `${prefix}${station}${partitionOf(kind, partitions, turn)}${suffix}`;
}

function partitionOf(kind: StreamAlias["kind"], partitions: number, turn: number): string {
  if (partitions === 1) return "";
  if (partitions === 0) return kind === "zero" ? "$0" : "";
  return kind === "zero" ? `$${partitions}` : `$${(turn % partitions) + 1}`;
}
