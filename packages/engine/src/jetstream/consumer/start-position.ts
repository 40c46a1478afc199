import type { Log } from "@oxbow/log";
import { type ConsumerConfig, consumerFilters } from "../config/consumer-config.ts";
import { lastSequences } from "../stream/subject-search.ts";

/** Where a new consumer begins. */
export interface StartPosition {
  readonly sequence: number;
  /** For `last_per_subject`: the sequences to deliver first. */
  readonly skipList: readonly number[];
  /** Where to go on after them. */
  readonly resumeSequence: number;
}

/**
 * The position that a consumer's deliver policy means in a log now.
 *
 * @param sinceSequence - For `by_start_time`: the first message since then.
 */
export function startPosition(
  log: Log,
  config: ConsumerConfig,
  sinceSequence: number,
): StartPosition {
  const at = (sequence: number): StartPosition => ({ sequence, skipList: [], resumeSequence: 0 });
  switch (config.deliver_policy) {
    case "all":
      return at(Math.max(1, log.firstSequence));
    case "new":
      return at(log.lastSequence + 1);
    case "last":
      return at(lastSequences(log, consumerFilters(config)).at(-1) ?? log.lastSequence + 1);
    case "last_per_subject":
      return lastPerSubject(log, consumerFilters(config));
    case "by_start_sequence":
      return at(Math.max(config.opt_start_seq, log.firstSequence));
    case "by_start_time":
      return at(Math.max(1, sinceSequence));
  }
}

function lastPerSubject(log: Log, filters: readonly string[]): StartPosition {
  const skipList = lastSequences(log, filters);
  const resumeSequence = log.lastSequence + 1;
  return { sequence: skipList[0] ?? resumeSequence, skipList, resumeSequence };
}
