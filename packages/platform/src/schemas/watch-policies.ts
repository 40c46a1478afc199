import type { Bucket } from "./bucket.ts";
import { schemaKeys, stationKeys } from "./documents.ts";
import { PolicyBoard, type SchemaPolicy } from "./policy-board.ts";

/** A station whose policy was found, or is another one now. */
export interface StationPolicy {
  readonly station: string;
  /** `undefined` if it demands nothing any more. */
  readonly policy: SchemaPolicy | undefined;
}

/** One answer of {@link watchPolicies}: what there is at first, then what changes. */
export type PolicyNews =
  | StationPolicy
  /** Everything that was there has been told. */
  | { readonly station: undefined; readonly policy: undefined };

/**
 * Tells the policy of every station that has one, then once that this was all, then each policy that becomes another
 * one.
 *
 * @param signal - Ends it, also while it waits. Otherwise it goes on until the connection is closed.
 * @param onSeen - Called once whoever listens has taken everything up to a revision of the bucket.
 * @throws What the connection throws while something is read; then it is to be begun again.
 */
export async function* watchPolicies(
  bucket: Bucket,
  signal?: AbortSignal,
  onSeen?: (revision: number) => void,
): AsyncGenerator<PolicyNews, void, undefined> {
  const board = new PolicyBoard(bucket);
  const revision = await bucket.revision();
  board.takeAll(await bucket.readAll(schemaKeys));
  board.takeAll(await bucket.readAll(stationKeys));
  // What was written while it was read comes again, and is known by its revision.
  const changes = await bucket.watch([`${schemaKeys}>`, `${stationKeys}>`], revision + 1);
  const stop = (): void => changes.stop();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    yield* newsOf(board, board.stations, signal);
    if (signal?.aborted === true) return;
    yield { station: undefined, policy: undefined };
    onSeen?.(revision);
    for await (const entry of changes) {
      const text = entry.operation === "PUT" ? entry.string() : undefined;
      yield* newsOf(board, board.take(entry.key, text, entry.revision), signal);
      onSeen?.(entry.revision);
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

/** The last revision that says anything of policies. */
export async function policyRevision(bucket: Bucket): Promise<number> {
  const patterns = [`${schemaKeys}>`, `${stationKeys}>`];
  return Math.max(...(await Promise.all(patterns.map((pattern) => bucket.lastRevision(pattern)))));
}

async function* newsOf(
  board: PolicyBoard,
  stations: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<StationPolicy, void, undefined> {
  for (const station of stations) {
    if (signal?.aborted === true) return;
    const news = await board.news(station);
    if (news !== undefined) yield { station, ...news };
  }
}
