import type { ConsumerInfo } from "@nats-io/jetstream";
import type { DeadLetter, JourneyGroup, JourneyState } from "oxbow/control";
import { filterSubjectsOf } from "oxbow/internal";
import type { JournalEntry } from "./journal.ts";
import type { LetterOfMessage } from "./letters.ts";
import { letsThrough } from "./subject-filter.ts";

/** What is known of a message for one group. */
export interface FateFacts {
  readonly group: string;
  /** The consumer that the group is in the message's partition. */
  readonly info: ConsumerInfo;
  readonly sequence: number;
  /** `undefined` if the message is gone. */
  readonly message: { readonly subject: string; readonly timeMs: number } | undefined;
  /** What the journal says of the message and this consumer, in the order of time. */
  readonly entries: readonly JournalEntry[];
  /** That the group has given it up. */
  readonly death: LetterOfMessage | undefined;
}

const withoutReason = "a member gave it up without a reason";

type Known = Pick<JourneyGroup, "state" | "certainty" | "why">;

/**
 * What became of a message in a group: what is written down of it first, else what follows from where the group stands. A
 * consumer tells how far it has delivered, up to where all is acknowledged, and how many are in flight in between.
 */
export function fateOf(facts: FateFacts): JourneyGroup {
  const { group, entries, death } = facts;
  const attempts = Math.max(
    0,
    death?.letter?.attempts ?? 0,
    ...entries.map(({ attempt }) => attempt),
  );
  return {
    group,
    ...(isAhead(facts) ? ahead(facts) : (written(facts) ?? inferred(facts))),
    attempts: attempts > 0 ? attempts : null,
    deadLetter: death?.letter?.id ?? null,
  };
}

/** What has not been delivered, whatever happened before a rewind. */
function isAhead({ info, sequence }: FateFacts): boolean {
  return sequence > info.delivered.stream_seq;
}

function ahead(facts: FateFacts): Known {
  const { info, message, entries, death } = facts;
  const told = written(facts);
  if (message === undefined || isFiltered(facts)) return told ?? elsewhere(facts);
  const again = entries.length > 0 || death !== undefined ? "it was rewound, and " : "";
  const why = `${again}the group has got to sequence ${info.delivered.stream_seq}`;
  return { state: "waiting", certainty: "exact", why };
}

function elsewhere(facts: FateFacts): Known {
  const why =
    facts.message === undefined
      ? "it is gone from its station, and the group had not got to it"
      : "the group takes messages of other keys";
  return { state: "passed over", certainty: "inferred", why };
}

function written({ entries, death }: FateFacts): Known | undefined {
  const last = entries.at(-1);
  if (last?.kind === "acknowledged")
    return exact("acknowledged", "its acknowledgement is written down");
  if (death?.letter !== undefined) return exact("given up", textOf(death.letter));
  if (last?.kind === "given up") return exact("given up", last.text ?? withoutReason);
  return death && exact("given up", "it was a dead letter, and resent");
}

/** What is said of a dead letter. */
export function textOf({ reason, error, attempts }: DeadLetter): string {
  if (reason === "exhausted") {
    return attempts === null ? "delivered in vain" : `delivered ${attempts} times in vain`;
  }
  return error === "" ? "a member gave it up" : error;
}

function inferred(facts: FateFacts): Known {
  const { info, sequence, message, entries } = facts;
  const { ack_floor: floor, delivered, num_ack_pending: pending } = info;
  if (isFiltered(facts)) return elsewhere(facts);
  const isOlder = message !== undefined && message.timeMs < Date.parse(info.created);
  if (sequence <= floor.stream_seq) {
    if (isOlder && !beganAtBeginning(info)) {
      const why =
        "the group was made when it was there already, and did not begin with the first message";
      return { state: "passed over", certainty: "inferred", why };
    }
    const why = `all up to sequence ${floor.stream_seq} are acknowledged or given up`;
    return { state: "acknowledged", certainty: "inferred", why };
  }
  if (pending === 0) {
    const why = `of all up to sequence ${delivered.stream_seq} none is in flight`;
    return { state: "acknowledged", certainty: "inferred", why };
  }
  if (entries.at(-1)?.kind === "failed") {
    return { state: "in flight", certainty: "inferred", why: "it failed, and is delivered again" };
  }
  if (delivered.stream_seq - floor.stream_seq === pending) {
    const why = `all from sequence ${floor.stream_seq + 1} to ${delivered.stream_seq} are in flight`;
    return { state: "in flight", certainty: "inferred", why };
  }
  const why = `of sequence ${floor.stream_seq + 1} to ${delivered.stream_seq}, ${pending} are in flight, and the others acknowledged`;
  return { state: "delivered", certainty: "inferred", why };
}

function exact(state: JourneyState, why: string): Known {
  return { state, certainty: "exact", why };
}

function isFiltered({ info, message }: FateFacts): boolean {
  const filters = filterSubjectsOf(info.config);
  if (filters.length === 0 || message === undefined) return false;
  return !filters.some((filter) => letsThrough(filter, message.subject));
}

function beganAtBeginning({ config }: ConsumerInfo): boolean {
  const { "oxbow.start": start } = config.metadata ?? {};
  if (start !== undefined) return start.includes('"beginning"');
  return config.deliver_policy === "all";
}
