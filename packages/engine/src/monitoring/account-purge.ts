import type { Engine } from "../engine.ts";
import { jsError } from "../jetstream/config/errors.ts";

/** Where it is asked for, in the system account: the name of an account follows. */
export const accountPurgeSubject = "$JS.API.ACCOUNT.PURGE.*";

const type = "io.nats.jetstream.api.v1.account_purge_response";

/**
 * Takes away all streams of an account, as `$JS.API.ACCOUNT.PURGE` asks for it. An account that has none, or is not
 * known, is none the worse for it.
 *
 * @returns The answer, when nothing of them is left on disk.
 */
export async function purgeAccount(engine: Engine, name: string): Promise<object> {
  if (/[\\/]/.test(name)) {
    const err = "account name can not contain path separators";
    return { type, error: { ...jsError(10051, { err }) } };
  }
  const jetstream = engine.jetstreams.find(({ services }) => services.account.name === name);
  if (jetstream !== undefined) {
    for (const stream of [...jetstream.streams.values()]) jetstream.deleteStream(stream);
    await jetstream.services.store.durable();
  }
  return { type, initiated: true };
}
