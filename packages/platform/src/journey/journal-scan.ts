import { DeliverPolicy, type JetStreamClient, type JetStreamManager } from "@nats-io/jetstream";
import { isMissing } from "oxbow/internal";
import { scanStream } from "../scan-stream.ts";
import { type JournalEntry, journalFilters, journalStream, readJournal } from "./journal.ts";

/** Entries that are read for one journey. */
const entriesMax = 20_000;

/** What the journal says of a message. */
interface JournalFindings {
  /** In the order of time. */
  readonly entries: readonly JournalEntry[];
  /** Why something may be missing, if it may. */
  readonly gaps: readonly string[];
}

/**
 * Reads what the journal says of a message of a stream. Entries are by stream and consumer, not by message, so that those of
 * its stream are read from when it was stored, up to a bound.
 *
 * @param sinceMs - When the message was stored; `undefined` if it is not known.
 */
export async function readEntries(
  js: JetStreamClient,
  manager: JetStreamManager,
  stream: string,
  sequence: number,
  sinceMs: number | undefined,
): Promise<JournalFindings> {
  const entries: JournalEntry[] = [];
  const gaps: string[] = [];
  try {
    const { created } = await manager.streams.info(journalStream);
    if (sinceMs !== undefined && sinceMs < Date.parse(created)) {
      gaps.push("the journal of what groups do was begun when the message was there already");
    }
    const start =
      sinceMs === undefined
        ? { deliver_policy: DeliverPolicy.All }
        : {
            deliver_policy: DeliverPolicy.StartTime,
            opt_start_time: new Date(sinceMs).toISOString(),
          };
    const which = { ...start, filter_subjects: journalFilters(stream) };
    let read = 0;
    for await (const message of scanStream(js, manager, journalStream, which)) {
      if (++read > entriesMax) {
        gaps.push(
          `the journal has more about its station: the first ${entriesMax} entries from when it was stored were read`,
        );
        break;
      }
      const entry = readJournal(message.subject, message.data);
      if (entry?.sequence === sequence) entries.push(entry);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
    gaps.push(
      "there is no journal of what groups do with single messages: it is made with the first station",
    );
  }
  return { entries: entries.sort((one, other) => one.atMs - other.atMs), gaps };
}
