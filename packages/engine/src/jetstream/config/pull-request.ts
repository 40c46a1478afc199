import { formatGoDuration } from "@oxbow/wire/go-text";
import { duration, flag, integer, text } from "../../json/scalar-shapes.ts";
import type { Shape } from "../../json/shape.ts";
import { embedded, optional, struct } from "../../json/struct-shape.ts";
import { nsToMs } from "../../time/ns-to-ms.ts";
import type { ConsumerConfig } from "./consumer-config.ts";
import { decodeLenient } from "./request-body.ts";

/** What a pull request asks for. */
export interface PullRequest {
  readonly kind: "request";
  /** Whether it came as an object; a number or nothing at all says nothing of priorities. */
  readonly isObject: boolean;
  /** Messages wanted. A client may say 0 or less: that counts as one, but is what statuses give back. */
  readonly batch: number;
  /** How long to wait for them, in milliseconds with a fraction. 0 is for ever; below 0 has expired already. */
  readonly expiresMs: number;
  /** Whether to end once what is there has been delivered. */
  readonly noWait: boolean;
  /** Greatest sum of message sizes; 0 or less is no limit. */
  readonly maxBytes: number;
  /** How often to say that nothing has come, in milliseconds with a fraction; 0 or less is never. */
  readonly heartbeatMs: number;
  /** The rest is for consumers with a priority policy; empty and 0 if not said. */
  readonly group: string;
  readonly minPending: number;
  readonly minAckPending: number;
  readonly id: string;
  readonly priority: number;
}

/** A status to answer a pull request with, instead of messages. */
export interface PullRefusal {
  readonly kind: "refusal";
  readonly status: 400 | 409;
  readonly description: string;
}

/**
 * Reads the body of a pull request, or what follows `+NXT`: nothing (one message), a number of messages, or an object.
 * What is none of them asks for one message, as in nats-server.
 */
export function parsePullRequest(
  buffer: Buffer,
  start: number,
  end: number,
): PullRequest | PullRefusal {
  if (start === end) return oneMessage;
  const body = buffer.toString("latin1", start, end);
  const request = parseCommonBody(body);
  if (request !== undefined) return refuseHeartbeat(request) ?? request;
  const trimmed = body.trim();
  if (trimmed.startsWith("{")) return parseObject(Buffer.from(trimmed, "latin1"));
  const isCount = /^[+-]?\d{1,18}$/.test(trimmed);
  return isCount ? { ...oneMessage, batch: Number(trimmed) } : oneMessage;
}

const oneMessage: PullRequest = {
  kind: "request",
  isObject: false,
  batch: 1,
  expiresMs: 0,
  noWait: false,
  maxBytes: 0,
  heartbeatMs: 0,
  group: "",
  minPending: 0,
  minAckPending: 0,
  id: "",
  priority: 0,
};

const ZERO = 0x30;
/** More digits than this may not fit into a double. */
const DIGIT_COUNT_MAX = 15;

/**
 * Reads an object as clients write it, without blanks and with nothing but the usual members; `undefined` for any other,
 * which the full decoder then reads. It is here because a client that fetches message by message sends one per message.
 */
function parseCommonBody(body: string): PullRequest | undefined {
  let batch = 0;
  let expires = 0;
  let maxBytes = 0;
  let heartbeat = 0;
  let noWait = false;
  if (body[0] !== "{") return undefined;
  for (let index = 1; ; ) {
    const valueStart = body.indexOf(":", index) + 1;
    let valueEnd = valueStart;
    let value = 0;
    for (let digit = digitAt(body, valueEnd); digit >= 0; digit = digitAt(body, ++valueEnd)) {
      value = value * 10 + digit;
    }
    const digitCount = valueEnd - valueStart;
    const isNumber = digitCount > 0;
    if (digitCount > DIGIT_COUNT_MAX) return undefined;
    if (digitCount > 1 && digitAt(body, valueStart) === 0) return undefined;
    if (!isNumber && body.startsWith("true", valueStart)) valueEnd += 4;
    else if (!isNumber && body.startsWith("false", valueStart)) valueEnd += 5;
    else if (!isNumber) return undefined;

    const name = body.slice(index, valueStart);
    if (isNumber && name === '"batch":') batch = value;
    else if (isNumber && name === '"expires":') expires = value;
    else if (isNumber && name === '"max_bytes":') maxBytes = value;
    else if (isNumber && name === '"idle_heartbeat":') heartbeat = value;
    else if (!isNumber && name === '"no_wait":') noWait = valueEnd - valueStart === 4;
    else return undefined;

    if (body[valueEnd] === ",") index = valueEnd + 1;
    else if (body[valueEnd] === "}" && valueEnd + 1 === body.length) break;
    else return undefined;
  }
  const expiresMs = expires / 1e6;
  const heartbeatMs = heartbeat / 1e6;
  return { ...oneMessage, isObject: true, batch, expiresMs, noWait, maxBytes, heartbeatMs };
}

function digitAt(body: string, index: number): number {
  const digit = body.charCodeAt(index) - ZERO;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

interface PriorityGroup {
  readonly group: string;
  readonly min_pending: number;
  readonly min_ack_pending: number;
  readonly id: string;
  readonly priority: number;
}

interface PullRequestBody extends PriorityGroup {
  readonly expires: bigint;
  readonly batch: number;
  readonly max_bytes: number;
  readonly no_wait: boolean;
  readonly idle_heartbeat: bigint;
}

const bodyShape: Shape<PullRequestBody> = struct<PullRequestBody>("JSApiConsumerGetNextRequest", {
  expires: optional(duration),
  batch: optional(integer("int")),
  max_bytes: optional(integer("int")),
  no_wait: optional(flag),
  idle_heartbeat: optional(duration),
  ...embedded<PriorityGroup>("PriorityGroup", {
    group: optional(text),
    min_pending: optional(integer("int64")),
    min_ack_pending: optional(integer("int64")),
    id: optional(text),
    priority: optional(integer("int")),
  }),
});

function parseObject(bytes: Buffer): PullRequest | PullRefusal {
  const decoded = decodeLenient(bytes, 0, bytes.length, bodyShape);
  if (!decoded.ok) return badRequest(decoded.problem);
  const body = decoded.value;
  const request: PullRequest = {
    kind: "request",
    isObject: true,
    batch: body.batch,
    expiresMs: nsToMs(body.expires),
    noWait: body.no_wait,
    maxBytes: body.max_bytes,
    heartbeatMs: nsToMs(body.idle_heartbeat),
    group: body.group,
    minPending: body.min_pending,
    minAckPending: body.min_ack_pending,
    id: body.id,
    priority: body.priority,
  };
  return refuseHeartbeat(request) ?? request;
}

function refuseHeartbeat({ heartbeatMs, expiresMs }: PullRequest): PullRefusal | undefined {
  const isTooLong = heartbeatMs > 0 && heartbeatMs * 2 > expiresMs;
  return isTooLong ? badRequest("heartbeat value too large") : undefined;
}

function badRequest(why: string): PullRefusal {
  return { kind: "refusal", status: 400, description: `Bad Request - ${why}` };
}

/** Checks a pull request against what the consumer allows. */
export function checkPullRequest(
  request: PullRequest,
  config: ConsumerConfig,
): PullRefusal | undefined {
  if (config.max_batch > 0 && request.batch > config.max_batch) {
    return exceeded(`MaxRequestBatch of ${config.max_batch}`);
  }
  if (config.max_expires > 0n && request.expiresMs > nsToMs(config.max_expires)) {
    return exceeded(`MaxRequestExpires of ${formatGoDuration(config.max_expires)}`);
  }
  if (config.max_bytes > 0 && request.maxBytes > config.max_bytes) {
    return exceeded(`MaxRequestMaxBytes of ${config.max_bytes}`);
  }
  const hasThreshold = request.minPending !== 0 || request.minAckPending !== 0;
  if (hasThreshold && config.priority_policy !== "overflow") {
    return badRequest("Not a Overflow Priority consumer");
  }
  if (request.id !== "" && config.priority_policy !== "pinned_client") {
    return badRequest("Not a Pinned Client Priority consumer");
  }
  if (request.priority < 0 || request.priority > 9) {
    return badRequest("Priority must be between 0 and 9");
  }
  if (config.priority_policy === "none" || !request.isObject) return undefined;
  if (request.group === "") return badRequest("Priority Group missing");
  const isKnown = config.priority_groups.includes(request.group);
  return isKnown ? undefined : badRequest("Invalid Priority Group");
}

function exceeded(what: string): PullRefusal {
  return { kind: "refusal", status: 409, description: `Exceeded ${what}` };
}
