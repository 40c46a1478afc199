import type { ClientSubscription } from "./client-subscription.ts";

const zero = 0x30;
/** Decimal sids of up to this many digits are kept by number. */
const digitsMax = 9;
const notANumber = -1;

/**
 * The subscriptions of a connection by their sid. Clients number theirs, so most lookups need no string; sids are bytes
 * all the same, and `01` is not `1`.
 */
export class SubscriptionsBySid {
  readonly #byNumber: Map<number, ClientSubscription> = new Map();
  readonly #byText: Map<string, ClientSubscription> = new Map();

  get count(): number {
    return this.#byNumber.size + this.#byText.size;
  }

  /** The subscription whose sid stands in `[start, end)`. */
  get(buffer: Buffer, start: number, end: number): ClientSubscription | undefined {
    const number = toNumber(buffer, start, end);
    return number === notANumber
      ? this.#byText.get(buffer.toString("latin1", start, end))
      : this.#byNumber.get(number);
  }

  add(subscription: ClientSubscription): void {
    const { sid } = subscription;
    const number = toNumber(sid, 0, sid.length);
    if (number === notANumber) this.#byText.set(sid.toString("latin1"), subscription);
    else this.#byNumber.set(number, subscription);
  }

  delete(subscription: ClientSubscription): void {
    const { sid } = subscription;
    const number = toNumber(sid, 0, sid.length);
    if (number === notANumber) this.#byText.delete(sid.toString("latin1"));
    else this.#byNumber.delete(number);
  }

  clear(): void {
    this.#byNumber.clear();
    this.#byText.clear();
  }

  *[Symbol.iterator](): Generator<ClientSubscription> {
    yield* this.#byNumber.values();
    yield* this.#byText.values();
  }
}

/** The number whose usual decimal form stands in `[start, end)`. */
function toNumber(bytes: Uint8Array, start: number, end: number): number {
  const size = end - start;
  if (size < 1 || size > digitsMax || (size > 1 && bytes[start] === zero)) return notANumber;
  let value = 0;
  for (let index = start; index < end; index++) {
    const digit = (bytes[index] as number) - zero;
    if (digit < 0 || digit > 9) return notANumber;
    value = value * 10 + digit;
  }
  return value;
}
