import type { JsApiError } from "../jetstream/config/errors.ts";
import type { AckOwner } from "../jetstream/stream/publish-acks.ts";

/** A stream that messages come to, as far as it is known by its subscription. */
export interface TakingStream extends AckOwner {
  readonly log: AckOwner["log"] & { readonly lastSequence: number };
}

/** Why a gate did not let a message in. */
export interface Refusal {
  readonly error: JsApiError;
  /**
   * The stream that has its dead letter, up to `deadSequence`; `undefined` where it has become none. Its publisher is told
   * once that is durable: nobody believes a message to be among the dead letters that a crash takes away.
   */
  readonly deadIn: TakingStream | undefined;
  readonly deadSequence: number;
}
