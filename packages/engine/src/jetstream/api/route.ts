import type { JsApiError } from "../config/errors.ts";
import type { RequestReading } from "../config/json.ts";
import type { JsonValue } from "../config/json-shape.ts";
import type { JetStream } from "../jetstream.ts";

/** A request to the API. */
export interface ApiRequest {
  readonly jetstream: JetStream;
  /** The tokens of the subject after the name of the request. */
  readonly args: readonly string[];
  readonly body: Buffer;
  /** How the body is read. */
  readonly reading: RequestReading;
}

/** The members of an answer; with `error` if it was refused. */
export type ApiAnswer = { readonly [name: string]: JsonValue | undefined };

/** A request of the API: what its subject looks like and how it is answered. */
export interface ApiRoute {
  /** The answer's type is `io.nats.jetstream.api.v1.<type>_response`. */
  readonly type: string;
  /** How many tokens follow in the subject, at least and at most. */
  readonly args: readonly [number, number];
  /** What stands beside the error of a request that is refused before it is handled. */
  readonly beside?: ApiAnswer;
  /** `undefined` for no answer at all. */
  readonly handle: (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer | undefined>;
}

/** A refusal as an answer. */
export function refusal(error: JsApiError): ApiAnswer {
  return { error: { ...error } };
}
