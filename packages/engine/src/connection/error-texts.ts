import { goQuote } from "@oxbow/wire/go-text";
import type { JsApiError } from "../jetstream/config/errors.ts";

/** What a client is told that publishes to a subject it may not publish to. */
export function publishViolation(subject: string): string {
  return `Permissions Violation for Publish to ${goQuote(subject)}`;
}

/**
 * What a client is told whose message a gate did not let in, and that asked for no answer. Clients go on after no other
 * error than a violation of permissions, and it is one. It names no subject, since requests to that may be under way.
 */
export function gateViolation({ description }: JsApiError): string {
  return `Permissions Violation: ${description}`;
}

/** What a client is told that wants answers at a subject which only servers use for that. */
export function replyViolation(reply: string): string {
  return `Permissions Violation for Publish with Reply of ${goQuote(reply)}`;
}

/**
 * What a client is told that may not subscribe to a subject, in a queue group or (`""`) outside.
 *
 * @param sid - Given where it was allowed before and the subscription has ended.
 */
export function subscribeViolation(subject: string, queue: string, sid?: string): string {
  const group = queue === "" ? "" : ` using queue ${goQuote(queue)}`;
  const ended = sid === undefined ? "" : ` (sid ${goQuote(sid)})`;
  return `Permissions Violation for Subscription to ${goQuote(subject)}${group}${ended}`;
}
