import type { Oxbow } from "oxbow";
import { type ClientOptions, serverTarget } from "../client/options.ts";

/** Connects the client of stations, runs `use` and closes it, whatever happens. Failures come out as CommandFailures. */
export async function withStations<T>(
  options: ClientOptions,
  name: string,
  use: (client: Oxbow) => Promise<T>,
): Promise<T> {
  const { servers, user, password = "", token, timeoutMs } = serverTarget(options);
  const [{ connect }, { explainClientFailure }] = await Promise.all([
    import("oxbow"),
    import("../client/explain.ts"),
  ]);
  const credentials =
    token !== undefined ? { token } : user === undefined ? undefined : { user, password };
  let client: Oxbow | undefined;
  try {
    client = await connect({
      servers,
      name,
      connectTimeoutMs: timeoutMs,
      ...(credentials !== undefined && { credentials }),
    });
    return await use(client);
  } catch (error) {
    throw explainClientFailure(error, servers.join(", "));
  } finally {
    await client?.close();
  }
}
