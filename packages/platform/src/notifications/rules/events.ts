import type { JsMsg } from "@nats-io/jetstream";
import type { DeadLetter } from "oxbow/control";
import { z } from "zod";
import { deadLetterOf } from "../../dead-letters/dead-letter.ts";
import { letterStream } from "../../dead-letters/places.ts";
import { readPresenceRecord } from "../../presence/presence-record.ts";
import { presenceStream } from "../../presence/presence-stream.ts";
import { shortened } from "../outbox/notice.ts";
import { heardStream } from "../outbox/places.ts";
import { notificationHeader } from "../send/send-station.ts";
import type { RuleEvent } from "./fold.ts";

/** What is said of messages that did not fit and were let in. */
const heardShape = z.object({
  station: z.string().min(1),
  schema: z.string().default(""),
  path: z.string().default(""),
  rule: z.string().default(""),
  error: z.string().default(""),
  client: z.string().default(""),
  count: z.int().min(1).default(1),
});
type Heard = z.infer<typeof heardShape>;

/** What a message of the stream of dead letters says that happened. */
export function letterEvents(message: JsMsg, created: string): RuleEvent[] {
  const { subject, seq, headers, data, time } = message;
  const letter = deadLetterOf({ subject, seq, header: headers, data });
  // A notification that went wrong must bring no other one.
  const isNotification = (headers?.get(`Oxbow-Of-${notificationHeader}`) ?? "") !== "";
  if (letter === undefined || isNotification) return [];
  const base = {
    source: letterStream,
    created,
    sequence: seq,
    atMs: time.getTime(),
    station: letter.station,
    of: "",
    state: "event" as const,
    count: 1,
    text: shortened(describeLetter(letter)),
  };
  const { group, station, schema, reason } = letter;
  const of = group === null ? `of station ${station}` : `of group ${group} of station ${station}`;
  const dead: RuleEvent = {
    ...base,
    when: "deadLetter",
    group,
    title: `A message ${of} became a dead letter`,
    manyTitle: `messages ${of} became dead letters`,
  };
  // The rule "schema" is what a gateway says of what a client's own check has kept back.
  const isMisfit = reason === "refused" && (schema !== null || letter.rule === "schema");
  if (!isMisfit) return [dead];
  const titles = schemaTitles(schema ?? "", station);
  return [dead, { ...base, when: "schemaRefused", group: null, ...titles }];
}

/** What a message of the stream of what is heard says that happened. */
export function heardEvents(message: JsMsg, created: string): RuleEvent[] {
  const { seq, time } = message;
  const heard = readHeard(message);
  if (heard === undefined) return [];
  const { station, schema, count } = heard;
  return [
    {
      when: "schemaRefused",
      source: heardStream,
      created,
      sequence: seq,
      atMs: time.getTime(),
      station,
      group: null,
      of: "",
      state: "event",
      count,
      ...schemaTitles(schema, station),
      text: shortened(describeHeard(heard)),
    },
  ];
}

/** What a record of who is there says: that one is gone, or here again. */
export function presenceEvents(message: JsMsg, created: string): RuleEvent[] {
  const record = readPresenceRecord(message.string());
  if (record === undefined) return [];
  const { kind, name, station, group, how, lastSeenAt, at, address, remaining } = record;
  const isGone = record.state === "gone";
  const where = group === null ? `station ${station}` : `group ${group} of station ${station}`;
  const what = `${kind === "producer" ? "Producer" : "Consumer"} ${name} of ${where}`;
  const from = address === null ? "" : ` It came from ${address}.`;
  const why = how === "left" ? "It has left" : "Nothing was heard of it any more";
  const left = remaining === null ? "" : ` ${remaining} are left.`;
  return [
    {
      when: kind === "producer" ? "producerGone" : "consumerGone",
      source: presenceStream,
      created,
      sequence: message.seq,
      atMs: message.time.getTime(),
      station,
      group,
      of: name,
      state: isGone ? "raised" : "recovered",
      count: 1,
      title: isGone ? `${what} is gone` : `${what} is here again`,
      manyTitle: "",
      text: isGone
        ? `${why}; it was there last ${lastSeenAt ?? at}.${left}${from}`
        : `It is there since ${at}.${from}`,
    },
  ];
}

function schemaTitles(schema: string, station: string): Pick<RuleEvent, "title" | "manyTitle"> {
  const of = schema === "" ? "the schema" : `the schema ${schema}`;
  return {
    title: `A message did not fit ${of} of station ${station}`,
    manyTitle: `messages did not fit ${of} of station ${station}`,
  };
}

function describeLetter({ id, error, reason, client, attempts }: DeadLetter): string {
  const from = client === null ? "" : ` It came from ${client}.`;
  const tries = attempts === null || reason === "refused" ? "" : ` Attempts: ${attempts}.`;
  return `${sentence(error)}${tries}${from} Dead letter ${id}.`;
}

function describeHeard({ error, path, rule, client }: Heard): string {
  const where = path === "" ? "" : ` at ${path}`;
  const by = rule === "" ? "" : ` (${rule})`;
  const from = client === "" ? "" : ` It came from ${client}.`;
  return `${sentence(`${error}${where}${by}`)}${from}`;
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, "");
  return `${trimmed.slice(0, 1).toUpperCase()}${trimmed.slice(1)}.`;
}

function readHeard(message: JsMsg): Heard | undefined {
  try {
    return heardShape.safeParse(JSON.parse(message.string())).data;
  } catch {
    return undefined;
  }
}
