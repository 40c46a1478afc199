import { clientError } from "../errors.ts";
import type { GroupRequest } from "../groups/group-settings.ts";

/** How messages are consumed. */
export interface ConsumeOptions {
  /** The name of the group: each of its members gets part of the messages, each group gets all of them. */
  readonly group: string;
  /**
   * What the group is made with if there is none; `false` to fail with `GROUP_NOT_FOUND` then. One that there is stays as it is.
   */
  readonly create?: GroupRequest | false;
  /** What this member is called where consumers are shown. Default: what the client is. */
  readonly name?: string;
  /** Messages that are fetched ahead, all partitions together: each has at least one. 1 to 65,536, default 256. */
  readonly prefetch?: number;
  /**
   * Says for messages that were delivered and are not settled, those fetched ahead among them, that they are being worked on,
   * three times per max ack time. Default `false`.
   */
  readonly keepWorking?: boolean;
  /** Once aborted it stops, as with `stop()`. */
  readonly signal?: AbortSignal;
}

/** How messages are handed to a function. */
export interface HandleOptions<Value> extends ConsumeOptions {
  /** Messages that are handled at a time. Default 1: one after the other. */
  readonly concurrency?: number;
  /** Time before a message is delivered again whose handler failed, by its number of attempts. Default: at once. */
  readonly retryDelayMs?: number | ((attempt: number, error: unknown) => number);
  /** Told of each failure. By default the process warns of it. */
  readonly onError?: (error: unknown, message: Value) => void;
}

const prefetchMax = 65_536;
const prefetchDefault = 256;

/** @throws OxbowError `OPTIONS_INVALID` */
export function prefetchOf({ prefetch = prefetchDefault, group }: ConsumeOptions): number {
  if (typeof group !== "string" || group === "") {
    throw clientError(
      "OPTIONS_INVALID",
      "consume needs the name of a group: to read without one, replay",
    );
  }
  if (Number.isInteger(prefetch) && prefetch >= 1 && prefetch <= prefetchMax) return prefetch;
  throw clientError("OPTIONS_INVALID", `prefetch is ${prefetch}: give 1 to ${prefetchMax}`);
}

/** @throws OxbowError `OPTIONS_INVALID` */
export function concurrencyOf(concurrency = 1): number {
  if (Number.isInteger(concurrency) && concurrency >= 1) return concurrency;
  throw clientError("OPTIONS_INVALID", `concurrency is ${concurrency}: give a whole number from 1`);
}
