import { createHash } from "node:crypto";
import { encodeAnswer } from "../../json/encode.ts";
import type { JsonValue } from "../../json/shape.ts";
import type { Timestamp } from "../../time/timestamp.ts";
import { formatTimestamp } from "../../time/timestamp.ts";
import type { StreamSource } from "../config/stream-config.ts";

/** The API, whose place that of another account or domain takes. */
const API_PREFIX = "$JS.API";
const ACK_WAIT_NS = 79_200_000_000_000n;
/** A consumer says at least as often that it is there. */
export const HEARTBEAT_MS = 1_000;
/** After so long without a word a consumer is given up, by both sides. */
export const SILENCE_MS_MAX = 10_000;
const HASH_SIZE = 8;
const HASH_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Where an origin is to begin: at a sequence, at an instant, or, without either, with its first message. */
export interface OriginStart {
  readonly sequence?: number;
  readonly time?: Timestamp;
}

/** Who asks for a consumer. */
export interface Requester {
  /** Name of the stream that is fed. */
  readonly stream: string;
  readonly account: string;
  readonly domain: string | undefined;
}

/** A consumer that is asked for. */
export interface ConsumerRequest {
  readonly kind: "mirror" | "source";
  readonly origin: StreamSource;
  /** The stable name; the origin adds to it as it sees fit. */
  readonly name: string;
  readonly deliverSubject: string;
  readonly start: OriginStart;
  readonly requester: Requester;
  /** Whether the origin's server knows consumers that feed streams. */
  readonly isSourcing: boolean;
}

/** The subject and body of a request to create a consumer at an origin. */
export function consumerRequest(request: ConsumerRequest): { subject: string; body: Buffer } {
  const { origin, name, deliverSubject, start, isSourcing } = request;
  const filters = filtersOf(origin);
  const filter = filters.length === 1 ? (filters[0] as string) : "";
  const config: JsonValue = {
    name,
    ...startMembers(start),
    deliver_subject: deliverSubject,
    ack_policy: "none",
    ack_wait: ACK_WAIT_NS,
    max_deliver: 1,
    replay_policy: "instant",
    ...(filter !== "" && { filter_subject: filter }),
    ...(filters.length > 1 && { filter_subjects: filters }),
    flow_control: true,
    idle_heartbeat: BigInt(HEARTBEAT_MS) * 1_000_000n,
    inactive_threshold: BigInt(SILENCE_MS_MAX) * 1_000_000n,
    num_replicas: 0,
    direct: true,
    ...(isSourcing && { sourcing: true }),
    metadata: metadataOf(request),
  };
  const suffix = filter === "" ? "" : `.${name}.${filter}`;
  return {
    subject: originSubject(origin, `CONSUMER.CREATE.${origin.name}${suffix}`),
    body: encodeAnswer({ stream_name: origin.name, config, action: "" }),
  };
}

/** The subject of a request to the API of the origin. */
export function originSubject({ external }: StreamSource, request: string): string {
  const prefix = external === null ? API_PREFIX : external.api;
  return `${prefix}.${request}`.replaceAll("..", ".");
}

/** Which subjects of the origin are wanted; none for all. */
export function filtersOf(origin: StreamSource): readonly string[] {
  if (origin.filter_subject !== "") return [origin.filter_subject];
  return origin.subject_transforms.map(({ src }) => (src === "" ? ">" : src));
}

/** What identifies a text in names, as nats-server makes it. */
export function nameHash(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, HASH_SIZE);
  return Array.from(bytes, (byte) => HASH_DIGITS[byte % HASH_DIGITS.length]).join("");
}

/** What a requester's consumers are called by, always the same. */
export function requesterId({ stream, account, domain }: Requester): string {
  return domain === undefined ? `${stream} ${account}` : `${stream} ${account} ${domain}`;
}

function startMembers({ sequence, time }: OriginStart): { [name: string]: JsonValue } {
  if (sequence !== undefined) {
    return { deliver_policy: "by_start_sequence", opt_start_seq: sequence };
  }
  if (time === undefined) return { deliver_policy: "all" };
  const text = formatTimestamp(time.seconds, time.nanos);
  return { deliver_policy: "by_start_time", opt_start_time: text };
}

function metadataOf({ kind, requester }: ConsumerRequest): JsonValue {
  const prefix = kind === "mirror" ? "_nats.mirror" : "_nats.src";
  const { stream, account, domain } = requester;
  return {
    [`${prefix}.stream`]: stream,
    [`${prefix}.acc`]: account,
    ...(domain !== undefined && { [`${prefix}.domain`]: domain }),
  };
}
