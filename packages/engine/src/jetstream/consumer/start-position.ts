import type { Log } from "@oxbow/log";
import { type ConsumerConfig, consumerFilters } from "../config/consumer-config.ts";
import { SubjectFilter } from "../stream/subject-search.ts";

/** Where a new consumer begins. */
export interface StartPosition {
  readonly sequence: number;
  /** For `last_per_subject`: the sequences to deliver first. */
  readonly skipList: number[];
  /** Where to go on after them. */
  readonly resumeSequence: number;
}

/** The position that a consumer's deliver policy means in a log now. */
export function startPosition(log: Log, config: ConsumerConfig): StartPosition {
  const at = (sequence: number): StartPosition => ({ sequence, skipList: [], resumeSequence: 0 });
  switch (config.deliver_policy) {
    case "all":
      return at(Math.max(1, log.firstSequence));
    case "new":
      return at(log.lastSequence + 1);
    case "last":
      return at(lastMatching(log, consumerFilters(config)));
    case "last_per_subject":
      return lastPerSubject(log, consumerFilters(config));
    case "by_start_sequence":
      return at(Math.max(config.opt_start_seq, log.firstSequence));
    case "by_start_time": {
      const time = config.opt_start_time;
      return at(time === null ? 1 : log.sequenceAtTime(time.seconds * 1000 + time.nanos / 1e6));
    }
  }
}

function lastMatching(log: Log, filters: readonly string[]): number {
  const last = matchingLasts(log, filters).at(-1);
  return last ?? log.lastSequence + 1;
}

function lastPerSubject(log: Log, filters: readonly string[]): StartPosition {
  const skipList = matchingLasts(log, filters);
  const resumeSequence = log.lastSequence + 1;
  return { sequence: skipList[0] ?? resumeSequence, skipList, resumeSequence };
}

/** The last sequence of each subject that the filters mean, ascending. */
function matchingLasts(log: Log, filters: readonly string[]): number[] {
  const { matches } = new SubjectFilter(log, filters);
  const lasts: number[] = [];
  for (let id = 1; id < log.subjects.idEnd; id++) {
    if (log.subjects.count(id) > 0 && matches(id)) lasts.push(log.subjects.last(id));
  }
  return lasts.sort((a, b) => a - b);
}
