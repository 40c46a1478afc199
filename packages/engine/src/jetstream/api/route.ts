import type { JsonValue } from "../../json/shape.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import type { RequestReading } from "../config/request-body.ts";
import type { JetStream } from "../jetstream.ts";

/** A request to the API. */
export interface ApiRequest {
  readonly jetstream: JetStream;
  /** The tokens of the subject after the name of the request. */
  readonly args: readonly string[];
  readonly body: Buffer;
  /** How the body is read. */
  readonly reading: RequestReading;
  /** What a handler wants done as soon as its answer has been sent, before anything else is. */
  afterAnswer?: () => void;
}

/** The members of an answer; with `error` if it was refused. */
export type ApiAnswer = { readonly [name: string]: JsonValue | undefined };

/** How a request counts in what accounts and monitoring show; one that does not count is not audited either. */
export type Tally = "nothing" | "request" | "error";

/** A request of the API: what its subject looks like and how it is answered. */
export interface ApiRoute {
  /** The answer's type is `io.nats.jetstream.api.v1.<type>_response`. */
  readonly type: string;
  /** How many tokens follow in the subject, at least and at most. */
  readonly args: readonly [number, number];
  /** What stands beside the error of a request that is refused before it is handled. */
  readonly beside?: ApiAnswer;
  /**
   * What is wrong with a request whatever the level it demands and whether the account has JetStream, as far as
   * nats-server looks at that first.
   */
  readonly checkFirst?: (body: Buffer, reading: RequestReading) => JsApiError | undefined;
  /** The same for what nats-server looks at after the level and before the account. */
  readonly checkThen?: (body: Buffer) => JsApiError | undefined;
  /** How it counts, by the error it is answered with. Default: as an error if there is one. */
  readonly tally?: (errorCode: number | undefined) => Tally;
  /** Whether nothing is done for who doesn't listen for the answer. */
  readonly needsReply?: boolean;
  /** Whether the answer does not come by the API, but from a consumer, which shows in its reply subject. */
  readonly isAnnounced?: boolean;
  /** `undefined` for no answer at all. */
  readonly handle: (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer | undefined>;
}

/** A refusal as an answer. */
export function refusal(error: JsApiError): ApiAnswer {
  return { error: { ...error } };
}

/** What a request counts as that was answered with `errorCode`, or went well. */
export function tallyOf({ tally }: ApiRoute, errorCode: number | undefined): Tally {
  if (tally !== undefined) return tally(errorCode);
  return errorCode === undefined ? "request" : "error";
}

/** A request that only makes sense between several servers; what `tokenCount` tokens name is not looked at. */
export function clusterOnly(type: string, tokenCount = 1): ApiRoute {
  return {
    type,
    args: [tokenCount, tokenCount],
    checkFirst: () => jsError(10010),
    handle: () => refusal(jsError(10010)),
  };
}
