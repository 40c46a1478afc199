import type { Log } from "@oxbow/log";
import { type JsApiError, jsError } from "../config/errors.ts";
import type { Arrival } from "./arrival.ts";
import type { IngestContext } from "./ingest-context.ts";

/** Whether `Nats-Rollup` may be followed; says in the arrival what will go. */
export function rollupProblem({ config }: IngestContext, arrival: Arrival): JsApiError | undefined {
  const rollup = arrival.headers.text("rollup").toLowerCase();
  if (rollup === "") return undefined;
  if (!arrival.isSourced && (!config.allow_rollup_hdrs || config.deny_purge)) {
    return jsError(10111, { err: "rollup not permitted" });
  }
  if (rollup !== "sub" && rollup !== "all") {
    return jsError(10111, { err: `rollup value invalid: ${JSON.stringify(rollup)}` });
  }
  arrival.rollup = rollup;
  return undefined;
}

/** Removes what is before the message at `sequence`, of its subject or of the whole stream. It may be gone already. */
export function rollUp(log: Log, arrival: Arrival, sequence: number): void {
  if (arrival.rollup === "all") {
    log.removeBelow(sequence);
    return;
  }
  const { subjectBuffer, subjectStart, subjectEnd } = arrival;
  const subjectId = log.subjects.find(subjectBuffer, subjectStart, subjectEnd);
  const ownCount = log.subjectIdOf(sequence) === 0 ? 0 : 1;
  if (subjectId !== 0 && log.subjects.count(subjectId) > ownCount) {
    log.removeMatching((id) => id === subjectId, sequence, 0);
  }
}
