/** One run of the schedule; indexes count from 0, rounds from 1. */
export interface ScheduledRun {
  round: number;
  caseIndex: number;
  columnIndex: number;
}

/**
 * The order of all runs: every round goes through all cases, and each case through all servers, forwards in odd
 * rounds and backwards in even ones: A B, B A, A B, …
 *
 * The runs that are compared lie next to each other in time, so a machine that slows down for a minute slows both, and
 * no server always comes first.
 */
export function* schedule(
  rounds: number,
  caseCount: number,
  columnCount: number,
): Generator<ScheduledRun> {
  for (let round = 1; round <= rounds; round++) {
    for (let caseIndex = 0; caseIndex < caseCount; caseIndex++) {
      for (let i = 0; i < columnCount; i++) {
        const columnIndex = round % 2 === 1 ? i : columnCount - 1 - i;
        yield { round, caseIndex, columnIndex };
      }
    }
  }
}
