/** What the reply subject of a delivered message says (`$JS.ACK.…`, ADR-15 of NATS). */
export interface Delivery {
  readonly stream: string;
  readonly consumer: string;
  /** How often it was delivered, this time included: from 1. */
  readonly attempt: number;
  readonly sequence: number;
  /** Counts deliveries of the consumer. */
  readonly consumerSequence: number;
  readonly timeMs: number;
  /** Messages that the consumer has still to deliver. */
  readonly pending: number;
}

/** Tokens behind `$JS.ACK`, without and with a domain and an account before them. */
const tokensCount = 7;
const tokensCountLong = 9;

/** @returns `undefined` for what is no such subject. */
export function deliveryOf(reply: string): Delivery | undefined {
  const tokens = reply.split(".");
  if (tokens[0] !== "$JS" || tokens[1] !== "ACK") return undefined;
  const count = tokens.length - 2;
  if (count !== tokensCount && count < tokensCountLong) return undefined;
  const from = count === tokensCount ? 2 : 4;
  const number = (index: number): number => Number(tokens[from + index]);
  return {
    stream: tokens[from] ?? "",
    consumer: tokens[from + 1] ?? "",
    attempt: number(2),
    sequence: number(3),
    consumerSequence: number(4),
    // Nanoseconds are more than a double holds; without the last six digits they are milliseconds.
    timeMs: Number((tokens[from + 5] ?? "").slice(0, -6)),
    pending: number(6),
  };
}
