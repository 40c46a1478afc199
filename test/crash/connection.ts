import { type JetStreamClient, type JetStreamManager, jetstream } from "@nats-io/jetstream";
import { connect, errors, type NatsConnection } from "@nats-io/transport-node";
import { PATIENCE_MS } from "./workload.ts";

/** A connection of the official client that ends with the broker: it does not reconnect. */
export interface Connection extends AsyncDisposable {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
}

export async function openConnection(url: string): Promise<Connection> {
  const nc = await connect({ servers: url, reconnect: false });
  const js = jetstream(nc, { timeout: PATIENCE_MS });
  return {
    nc,
    js,
    jsm: await js.jetstreamManager(),
    [Symbol.asyncDispose]: () => nc.close(),
  };
}

/** For what a dying broker leaves unanswered: swallows the loss of the connection, and nothing else. */
export function ignoreLostConnection(error: unknown): void {
  if (!isConnectionLost(error)) throw error;
}

/** Whether a request failed because its connection ended, so that its outcome is open. */
export function isConnectionLost(error: unknown): boolean {
  return (
    error instanceof errors.ClosedConnectionError ||
    error instanceof errors.ConnectionError ||
    (error instanceof errors.RequestError && error.message.startsWith("connection "))
  );
}
