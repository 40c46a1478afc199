import type { Oxbow } from "oxbow";
import type { ClientOptions } from "../client/options.ts";
import { serverTarget } from "../client/target.ts";

/** Connects the client of stations, runs `use` and closes it, whatever happens. Failures come out as CommandFailures. */
export async function withStations<T>(
  options: ClientOptions,
  name: string,
  use: (client: Oxbow) => Promise<T>,
): Promise<T> {
  const { servers, credentials, tls, timeoutMs } = serverTarget(options);
  const [{ connectAt }, { explainClientFailure }] = await Promise.all([
    import("oxbow/internal"),
    import("../client/explain.ts"),
  ]);
  let client: Oxbow | undefined;
  try {
    client = await connectAt("cli", {
      servers,
      name,
      connectTimeoutMs: timeoutMs,
      ...(credentials !== undefined && { credentials }),
      ...(tls !== undefined && { tls }),
    });
    return await use(client);
  } catch (error) {
    throw explainClientFailure(error, servers.join(", "));
  } finally {
    await client?.close();
  }
}
