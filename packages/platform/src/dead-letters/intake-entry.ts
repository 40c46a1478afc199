import type { MsgHdrs } from "@nats-io/nats-core";
import { type DeadLetterReason, isBucketStream, isOwnStream } from "oxbow/internal";
import { z } from "zod";
import { header } from "./letter-headers.ts";
import { exhaustedAdvisory, terminatedAdvisory } from "./places.ts";

/** A message of a stream that a consumer is done with. */
export interface DeadDelivery {
  readonly kind: "delivery";
  readonly reason: Exclude<DeadLetterReason, "refused">;
  readonly stream: string;
  readonly consumer: string;
  readonly sequence: number;
  /** `undefined` if it was not said. */
  readonly attempts: number | undefined;
  /** What the member said; empty if its deliveries were exhausted. */
  readonly error: string;
  readonly diedAtMs: number;
  /** The message itself, if the member handed it over. */
  readonly handedOver: HandedOver | undefined;
}

/** A message that came with what is said of it. */
export interface HandedOver {
  readonly subject: string;
  readonly time: string | undefined;
  readonly headers: MsgHdrs | undefined;
  readonly payload: Uint8Array;
}

/** A message that was not let in. */
export interface RefusedMessage {
  readonly kind: "refused";
  readonly station: string;
  readonly error: string;
  readonly diedAtMs: number;
  readonly message: HandedOver;
}

/** What is no dead letter, and why. */
interface NoLetter {
  readonly kind: "none";
  readonly why: string;
}

/** A message that was given up without a word, which makes no dead letter. */
interface SilentEnd {
  readonly kind: "silent";
  readonly stream: string;
  readonly consumer: string;
}

type IntakeEntry = DeadDelivery | RefusedMessage | SilentEnd | NoLetter;

/** A message of the intake. */
interface IntakeMessage {
  readonly subject: string;
  readonly headers: MsgHdrs | undefined;
  readonly data: Uint8Array;
  /** When it was stored. */
  readonly timeMs: number;
}

/** Sequences, counts and names as the advisories of JetStream have them (ADR-2). */
const advisorySchema = z.object({
  timestamp: z.iso.datetime({ offset: true }),
  stream: z.string().min(1),
  consumer: z.string().min(1),
  stream_seq: z.int().min(1),
  deliveries: z.int().min(0).default(0),
  reason: z.string().default(""),
});

/** What the server says itself of messages that were removed while they were in flight. */
const serverReasons: readonly string[] = [
  "Message deleted by stream limits",
  "Unacknowledged message was deleted",
];

/** Reads what came in, whoever sent it: never throws. */
export function readIntake(message: IntakeMessage): IntakeEntry {
  const { subject } = message;
  if (subject.startsWith(exhaustedAdvisory)) return advisory(message, "exhausted");
  if (subject.startsWith(terminatedAdvisory)) return advisory(message, "terminated");
  return subject.endsWith(".gate") ? refused(message) : givenUp(message);
}

function advisory({ data }: IntakeMessage, reason: DeadDelivery["reason"]): IntakeEntry {
  const { data: said } = advisorySchema.safeParse(json(data));
  if (said === undefined) return none("it is not what a server says");
  const isTerminated = reason === "terminated";
  if (isNoStation(said.stream)) return none("it is of a stream that is no station");
  if (isTerminated && said.reason === "") {
    return { kind: "silent", stream: said.stream, consumer: said.consumer };
  }
  if (isTerminated && serverReasons.includes(said.reason)) {
    return none("it was removed from its station");
  }
  return {
    kind: "delivery",
    reason,
    stream: said.stream,
    consumer: said.consumer,
    sequence: said.stream_seq,
    attempts: said.deliveries,
    error: isTerminated ? said.reason : "",
    diedAtMs: Date.parse(said.timestamp),
    handedOver: undefined,
  };
}

function refused(message: IntakeMessage): IntakeEntry {
  const { subject, headers, timeMs } = message;
  const [, , token = ""] = subject.split(".");
  const original = headers?.get(header.subject) ?? "";
  if (original === "") return none(`it has no ${header.subject}`);
  const named = headers?.get(header.station) ?? "";
  return {
    kind: "refused",
    station: isToken(named) ? named : token.replaceAll("#", "."),
    error: headers?.get(header.error) ?? "",
    diedAtMs: timeMs,
    message: handedOver(message, original),
  };
}

function givenUp(message: IntakeMessage): IntakeEntry {
  const { headers, timeMs } = message;
  const stream = headers?.get(header.stream) ?? "";
  const consumer = headers?.get(header.consumer) ?? "";
  const sequence = Number(headers?.get(header.sequence));
  const subject = headers?.get(header.subject) ?? "";
  if (![stream, consumer].every((name) => isToken(name) && !name.includes("."))) {
    return none("it does not say where it was delivered from");
  }
  if (subject === "") return none(`it has no ${header.subject}`);
  if (!Number.isSafeInteger(sequence) || sequence < 1) return none("it has no sequence");
  if (isNoStation(stream)) return none("it is of a stream that is no station");
  const attempts = Number(headers?.get(header.attempts));
  return {
    kind: "delivery",
    reason: "terminated",
    stream,
    consumer,
    sequence,
    attempts: Number.isSafeInteger(attempts) && attempts > 0 ? attempts : undefined,
    error: headers?.get(header.error) ?? "",
    diedAtMs: timeMs,
    handedOver: handedOver(message, subject),
  };
}

function handedOver({ headers, data }: IntakeMessage, subject: string): HandedOver {
  return { subject, time: headers?.get(header.time) || undefined, headers, payload: data };
}

/** Names go into subjects. */
function isToken(name: string): boolean {
  return name !== "" && name.length <= 255 && !/[\s*>]|\p{Cc}/u.test(name);
}

function none(why: string): NoLetter {
  return { kind: "none", why };
}

function json(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString());
  } catch {
    return undefined;
  }
}

function isNoStation(stream: string): boolean {
  return isBucketStream(stream) || isOwnStream(stream);
}
