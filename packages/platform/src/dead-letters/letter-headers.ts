import { headers, type MsgHdrs } from "@nats-io/nats-core";

/** Headers of a dead letter; FORMAT.md says what they mean. */
export const header = {
  station: "Oxbow-Station",
  group: "Oxbow-Group",
  reason: "Oxbow-Reason",
  error: "Oxbow-Error",
  stream: "Oxbow-Stream",
  partition: "Oxbow-Partition",
  sequence: "Oxbow-Sequence",
  consumer: "Oxbow-Consumer",
  subject: "Oxbow-Subject",
  time: "Oxbow-Time",
  attempts: "Oxbow-Attempts",
  diedAt: "Oxbow-Died-At",
  intake: "Oxbow-Intake",
  missing: "Oxbow-Missing",
  rest: "Oxbow-Rest",
  dropped: "Oxbow-Dropped",
  rule: "Oxbow-Rule",
  path: "Oxbow-Path",
  schema: "Oxbow-Schema",
  schemaVersion: "Oxbow-Schema-Version",
  client: "Oxbow-Client",
  /** The message's own headers had no room. */
  headersLost: "Oxbow-Headers-Lost",
  /** How often the message was resent already, also on the message that was. */
  resends: "Oxbow-Resends",
  /** The resend that a message comes from. */
  resendId: "Oxbow-Resend-Id",
} as const;

/** What the gate says besides, and a dead letter keeps. */
export const gateHeaders: readonly string[] = [
  header.rule,
  header.path,
  header.schema,
  header.schemaVersion,
  header.client,
  header.headersLost,
];

const keptPrefix = "Oxbow-Of-";
const valueSizeMax = 1024;
/** A stream takes headers of up to 64 KiB. */
const headersSizeMax = 60 * 1024;

/** The headers of a message as a dead letter keeps them: those that would mean something else there have a prefix. */
export function keptHeaders(own: MsgHdrs | undefined): MsgHdrs {
  const kept = headers();
  for (const [name, values] of own ?? []) {
    const keptName = /^(?:nats|oxbow)-/i.test(name) ? `${keptPrefix}${name}` : name;
    for (const value of values) kept.append(keptName, value);
  }
  return kept;
}

/** What {@link keptHeaders} was made of. */
export function originalHeaders(kept: MsgHdrs | undefined): [string, string][] {
  const own: [string, string][] = [];
  for (const [name, values] of kept ?? []) {
    const isKept = name.startsWith(keptPrefix);
    if (!isKept && /^(?:nats|oxbow)-/i.test(name)) continue;
    for (const value of values) own.push([isKept ? name.slice(keptPrefix.length) : name, value]);
  }
  return own;
}

/** The headers that a message was handed over with, without those that say what is to become of it. */
export function handedOverHeaders(given: MsgHdrs | undefined): MsgHdrs {
  const kept = headers();
  for (const [name, values] of given ?? []) {
    if (/^(?:nats|oxbow)-/i.test(name) && !name.startsWith(keptPrefix)) continue;
    for (const value of values) kept.append(name, value);
  }
  return kept;
}

/** Leaves the message's own headers out, if there is no room for them, and says so. */
export function withinBounds(marks: MsgHdrs): MsgHdrs {
  if (Buffer.byteLength(String(marks)) <= headersSizeMax) return marks;
  const kept = headers();
  for (const [name, values] of marks) {
    if (!/^oxbow-/i.test(name) || name.startsWith(keptPrefix)) continue;
    for (const value of values) kept.append(name, value);
  }
  kept.set(header.headersLost, "true");
  return kept;
}

/** Sets a header to one line; nothing for what there is not. */
export function setLine(
  to: MsgHdrs,
  name: string,
  value: string | number | null | undefined,
): void {
  if (value === undefined || value === null || value === "") return;
  to.set(name, oneLine(String(value)));
}

/** A text as the value of a header: one line without control characters, cut to {@link valueSizeMax} bytes. */
export function oneLine(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, " ")
    .trim();
  if (Buffer.byteLength(line) <= valueSizeMax) return line;
  // A character that is cut in two is left out.
  return Buffer.from(line)
    .subarray(0, valueSizeMax)
    .toString()
    .replace(/\ufffd+$/, "");
}
