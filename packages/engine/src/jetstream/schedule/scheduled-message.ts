import type { RecordView } from "@oxbow/log";
import { MessageView } from "../../routing/message.ts";
import { TimeZone } from "../../time/time-zone.ts";
import { headerName, type PublishHeader, PublishHeaders } from "../stream/publish-headers.ts";
import { parseSchedule, type ScheduleSpec } from "./schedule-spec.ts";

const CRLF = "\r\n";
const VERSION_LINE = "NATS/1.0";
/** What of a message's headers is about its schedule, or would keep what is made of it from being stored. */
const droppedPrefixes = ["Nats-Schedule", "Nats-Expected-"];
const droppedNames = (["messageId", "ttl", "rollup"] as const).map(
  (header) => `${headerName(header)}:`,
);

const view = new MessageView();
const headers = new PublishHeaders();

/** What a stored message says of its schedule. */
export interface StoredSchedule {
  readonly spec: ScheduleSpec;
  /** The subject it lies under. */
  readonly subject: string;
  readonly target: string;
  /** The subject whose last message is to be sent instead; `""` for none. */
  readonly source: string;
  readonly ttl: string;
  readonly rollup: string;
}

/** Reads the schedule in a stored message; `undefined` if it has none. */
export function readSchedule(record: RecordView): StoredSchedule | undefined {
  view.setPayload(record.bytes, record.bodyStart, record.bodyEnd, record.headersSize);
  if (record.headersSize === 0 || !headers.read(view)) return undefined;
  const zoneName = headers.text("scheduleTimeZone");
  const zone = zoneName === "" ? undefined : TimeZone.find(zoneName);
  const spec = parseSchedule(headers.text("schedule"), zone);
  const target = headers.text("scheduleTarget");
  const isReadable = spec !== undefined && spec !== "none" && target !== "";
  if (!isReadable || (zoneName !== "" && zone === undefined)) return undefined;
  return {
    spec,
    subject: record.subject(),
    target,
    source: headers.text("scheduleSource"),
    ttl: headers.text("scheduleTtl"),
    rollup: headers.text("scheduleRollup"),
  };
}

/**
 * The message that a schedule makes of `record`, which is its own or its source's.
 *
 * @param next - When it fires the next time, `purge` if it does not.
 */
export function scheduledMessage(
  { subject, target, ttl, rollup }: StoredSchedule,
  record: RecordView,
  next: string,
): MessageView {
  const added: [PublishHeader, string][] = [
    ["scheduler", subject],
    ["scheduleNext", next],
  ];
  if (ttl !== "") added.push(["ttl", ttl]);
  if (rollup !== "") added.push(["rollup", rollup]);
  const block = Buffer.from(
    [
      VERSION_LINE,
      ...keptLines(record),
      ...added.map(([header, value]) => `${headerName(header)}: ${latin1(value)}`),
      CRLF,
    ].join(CRLF),
    "latin1",
  );
  const body = Buffer.concat([block, record.payload()]);
  const targetBytes = Buffer.from(target);
  const message = new MessageView();
  message.setSubject(targetBytes, 0, targetBytes.length);
  message.setPayload(body, 0, body.length, block.length);
  return message;
}

/** The lines of the headers that stay, byte by byte. */
function keptLines(record: RecordView): string[] {
  const lines = record.headers().toString("latin1").split(CRLF).slice(1);
  const dropped = [...droppedPrefixes, ...droppedNames];
  return lines.filter((line) => line !== "" && !dropped.some((start) => line.startsWith(start)));
}

/** Text as its UTF-8 bytes, each as one character. */
function latin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}
