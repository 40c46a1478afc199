import type { NatsConnection } from "@nats-io/nats-core";
import { DirectoryStore } from "./directory-store.ts";

/** An entry about a tenant or a user. */
export interface DirectoryNews {
  readonly key: string;
  /** `undefined` if it is gone. */
  readonly text: string | undefined;
  readonly revision: number;
  /** Whether all that was there has been told with this. */
  readonly isCaughtUp: boolean;
}

/**
 * Tells every entry of the bucket of tenants and users, then those that change. It makes the bucket if there is none.
 *
 * @param signal - Ends it, also while it waits. Otherwise it goes on until the connection is closed.
 * @throws OxbowError `USER_UNAVAILABLE`; what the connection throws
 */
export async function* watchDirectory(
  connection: NatsConnection,
  signal?: AbortSignal,
): AsyncGenerator<DirectoryNews, void, undefined> {
  const { bucket } = await DirectoryStore.open(connection, {});
  let isCaughtUp = (await bucket.keys("")).length === 0;
  if (isCaughtUp) yield { key: "", text: undefined, revision: 0, isCaughtUp };
  const entries = await bucket.watch([">"], 1);
  const stop = (): void => entries.stop();
  signal?.addEventListener("abort", stop, { once: true });
  // It may have been ended while the watch was being made, of which nobody tells a listener that comes later.
  if (signal?.aborted === true) stop();
  try {
    for await (const entry of entries) {
      if (signal?.aborted === true) return;
      isCaughtUp ||= entry.delta === 0;
      const text = entry.operation === "PUT" ? entry.string() : undefined;
      yield { key: entry.key, text, revision: entry.revision, isCaughtUp };
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}
