import { ConsumerChecker } from "./consumer-checker.ts";
import type { HistoryEvent } from "./history.ts";
import { type Report, StreamChecker } from "./stream-checker.ts";
import type { Violation } from "./violation.ts";

/** What the broker under test was asked to promise. */
export interface CheckOptions {
  /**
   * Messages that are sent again are dropped by the broker (their id is the message id and the run is shorter than the
   * duplicate window), so each may have one sequence only. Default false.
   */
  readonly isDeduplicated?: boolean;
}

/**
 * Finds every broken rule in a history. Pure: the same events give the same violations.
 *
 * - I1, I4 (density) and I5 are judged at each `stream-read`, so a run ends with a read of every stream, and may have one
 *   after each restart. Nothing may be published while a stream is read.
 * - I2, I3, I4 (reuse), I6 and I8 (redelivery) are judged at each event.
 * - I8 (completeness) is judged at `consumer-drained`, against the last read of the stream; a consumer is expected to
 *   take the whole stream.
 * - What is `removing` may be there or not, what is `removed` must not be seen again.
 */
export function checkHistory(
  events: readonly HistoryEvent[],
  options: CheckOptions = {},
): Violation[] {
  const checker = new HistoryChecker(options);
  for (const event of events) checker.check(event);
  return [...checker.violations];
}

/** {@link checkHistory} for a history that is still being made: each event is judged as it comes. */
export class HistoryChecker {
  readonly #isDeduplicated: boolean;
  readonly #violations: Violation[] = [];
  readonly #streams = new Map<string, StreamChecker>();
  readonly #consumers = new Map<string, ConsumerChecker>();
  #eventCount = 0;

  constructor(options: CheckOptions = {}) {
    this.#isDeduplicated = options.isDeduplicated ?? false;
  }

  /** What has been found so far. */
  get violations(): readonly Violation[] {
    return this.#violations;
  }

  check(event: HistoryEvent): void {
    const eventIndex = this.#eventCount;
    this.#eventCount += 1;
    if (event.type === "restarted") return;
    const { stream } = event;
    const report: Report = (rule, text) =>
      this.#violations.push({ rule, stream, eventIndex, text });
    const checker = entry(this.#streams, stream, () => new StreamChecker(this.#isDeduplicated));
    if ("consumer" in event) {
      const key = JSON.stringify([stream, event.consumer]);
      const consumer = entry(this.#consumers, key, () => new ConsumerChecker(event.consumer));
      checkConsumerEvent(event, consumer, checker, report);
    } else {
      checkStreamEvent(event, checker, report);
    }
  }
}

type ConsumerEvent = Extract<HistoryEvent, { readonly consumer: string }>;
type StreamEvent = Exclude<HistoryEvent, ConsumerEvent | { readonly type: "restarted" }>;

function checkStreamEvent(event: StreamEvent, checker: StreamChecker, report: Report): void {
  switch (event.type) {
    case "submitted":
      checker.submitted(event, report);
      break;
    case "acked":
      checker.acked(event.messageId, event.sequence, report);
      break;
    case "refused":
      checker.refused(event.messageId, report);
      break;
    case "unknown":
      // Either outcome is right; the event is for whoever reads the history.
      break;
    case "removing":
      checker.removing(event.firstSequence, event.lastSequence);
      break;
    case "removed":
      checker.removed(event.firstSequence, event.lastSequence);
      break;
    case "stored":
      checker.seen(event, "stored", report);
      break;
    case "stream-read":
      checker.readDone(event.firstSequence, event.lastSequence, report);
      break;
  }
}

function checkConsumerEvent(
  event: ConsumerEvent,
  consumer: ConsumerChecker,
  checker: StreamChecker,
  report: Report,
): void {
  switch (event.type) {
    case "delivered":
      checker.seen(event, "delivered", report);
      consumer.delivered(event.sequence, report);
      break;
    case "ack-sent":
      consumer.acking(event.sequence, report);
      break;
    case "ack-confirmed":
      consumer.confirmed(event.sequence);
      break;
    case "consumer-drained":
      consumer.drained(checker.storedSequences, report);
      break;
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
