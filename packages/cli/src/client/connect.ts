import type { NatsConnection } from "@nats-io/transport-node";
import type { ClientOptions } from "./options.ts";
import { serverTarget } from "./target.ts";

/** Connects, runs `use` and closes the connection, whatever happens. Failures come out as CommandFailures. */
export async function withConnection<T>(
  options: ClientOptions,
  name: string,
  use: (connection: NatsConnection) => Promise<T>,
): Promise<T> {
  const target = serverTarget(options);
  // Loaded here, so that help and a wrong command line need no client.
  const [{ connect }, { explainClientFailure }, { officialOptions }] = await Promise.all([
    import("@nats-io/transport-node"),
    import("./explain.ts"),
    import("./official-options.ts"),
  ]);
  let connection: NatsConnection | undefined;
  try {
    // A command asks once: it fails with the connection, so that nobody waits for an answer that cannot come.
    connection = await connect({ ...officialOptions(target, name), reconnect: false });
    return await Promise.race([use(connection), failWhenClosed(connection)]);
  } catch (error) {
    throw explainClientFailure(error, target.servers.join(", "));
  } finally {
    await connection?.close();
  }
}

async function failWhenClosed(connection: NatsConnection): Promise<never> {
  const error = await connection.closed();
  throw error instanceof Error ? error : new Error("the connection was closed");
}
