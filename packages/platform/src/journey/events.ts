import type { StoredMsg } from "@nats-io/jetstream";
import type { JourneyEvent, JourneyGroup, JourneyProducer, JourneyRelative } from "oxbow/control";
import { textOf } from "./group-fate.ts";
import type { JournalEntry } from "./journal.ts";
import type { LetterOfMessage } from "./letters.ts";

/** Events that are told of each group, the last ones. */
const eventsOfGroupMax = 100;

/** A group, with what is written down of the message for it. */
export interface GroupOnWay {
  readonly fate: JourneyGroup;
  readonly entries: readonly JournalEntry[];
  readonly death: LetterOfMessage | undefined;
}

/** What is known of a message's way. */
interface EventSources {
  readonly stored: StoredMsg | undefined;
  readonly producer: JourneyProducer | null;
  readonly groups: readonly GroupOnWay[];
  readonly children: readonly JourneyRelative[];
}

/** What happened to it, in the order of time. Only what is written down somewhere has a time. */
export function eventsOf({ stored, producer, groups, children }: EventSources): JourneyEvent[] {
  const events: JourneyEvent[] = [];
  const add = (
    kind: JourneyEvent["kind"],
    atMs: number,
    more: Partial<JourneyEvent> = {},
  ): void => {
    if (Number.isNaN(atMs)) return;
    const nothing = { group: null, attempt: null, text: null, to: null };
    const at = new Date(atMs).toISOString();
    events.push({ kind, at, certainty: "exact", ...nothing, ...more });
  };
  if (stored !== undefined) {
    const text = producer === null ? null : `by ${producer.name ?? "somebody"} (${producer.door})`;
    add("stored", stored.time.getTime(), { text });
  }
  for (const { fate, entries, death } of groups) {
    const { group } = fate;
    let beforeMs = 0;
    for (const { kind, attempt, atMs, deliveredAtMs, text } of entries.slice(-eventsOfGroupMax)) {
      // It is reckoned back from when it was acknowledged, of which parts of milliseconds are not told.
      if (deliveredAtMs !== null) {
        add("delivered", Math.max(deliveredAtMs, beforeMs), { group, attempt });
      }
      beforeMs = atMs;
      add(kind, atMs, { group, attempt, text });
    }
    const letter = death?.letter;
    if (letter === undefined || entries.some(({ kind }) => kind === "given up")) continue;
    const { attempts: attempt, diedAt } = letter;
    add("given up", Date.parse(diedAt), { group, attempt, text: textOf(letter) });
  }
  for (const { how, time, station, partition, sequence } of children) {
    if (time !== null) add(how, Date.parse(time), { to: { station, partition, sequence } });
  }
  return events.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}
