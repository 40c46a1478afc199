import type { JsApiError } from "../config/errors.ts";

/** What an origin answers to the request for a consumer. */
export type ConsumerAnswer =
  | {
      readonly ok: true;
      readonly name: string;
      readonly deliverSubject: string;
      readonly ackPolicy: string;
      /** The sequence before the first that it delivers. */
      readonly deliveredSequence: number;
      /** Messages that it is going to deliver. */
      readonly pending: number;
    }
  | { readonly ok: false; readonly error: JsApiError };

/** What is said of an answer that makes no sense. */
const BROKEN: JsApiError = {
  code: 500,
  err_code: 10029,
  description: "invalid consumer create response",
};

/** Reads an answer, which may come from another account or server; never throws. */
export function readConsumerAnswer(bytes: Buffer): ConsumerAnswer {
  const answer = parse(bytes);
  const error = memberOf(answer, "error");
  if (error !== undefined) return { ok: false, error: readError(error) };
  const config = memberOf(answer, "config");
  const name = memberOf(answer, "name");
  const deliverSubject = memberOf(config, "deliver_subject");
  const ackPolicy = memberOf(config, "ack_policy");
  const delivered = memberOf(memberOf(answer, "delivered"), "stream_seq");
  const pending = memberOf(answer, "num_pending");
  const isWhole =
    isText(name) && isText(deliverSubject) && isCount(delivered) && (isCount(pending) || !pending);
  if (!isWhole) return { ok: false, error: BROKEN };
  return {
    ok: true,
    name,
    deliverSubject,
    ackPolicy: typeof ackPolicy === "string" ? ackPolicy : "",
    deliveredSequence: delivered,
    pending: isCount(pending) ? pending : 0,
  };
}

function readError(error: unknown): JsApiError {
  const code = memberOf(error, "code");
  const errCode = memberOf(error, "err_code");
  const description = memberOf(error, "description");
  if (!isCount(code)) return BROKEN;
  return {
    code,
    err_code: isCount(errCode) ? errCode : 0,
    description: typeof description === "string" ? description : "",
  };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
