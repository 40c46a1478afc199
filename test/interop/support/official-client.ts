import assert from "node:assert/strict";
import {
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";

/** The official client with everything a JetStream test uses; closes its connection when disposed of. */
export interface OfficialClient extends AsyncDisposable {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
}

/** Connects the official client. It does not reconnect unless `reconnects`, so that a lost server fails the test. */
export async function openOfficialClient(
  server: { readonly url: string },
  options: { readonly reconnects?: boolean } = {},
): Promise<OfficialClient> {
  const nc = await connect({
    servers: server.url,
    reconnect: options.reconnects === true,
    reconnectTimeWait: 20,
    maxReconnectAttempts: -1,
    ignoreClusterUpdates: true,
  });
  return {
    nc,
    js: jetstream(nc, { timeout: 20_000 }),
    jsm: await jetstreamManager(nc, { timeout: 20_000 }),
    [Symbol.asyncDispose]: () => nc.close(),
  };
}

/** Connects it to a server, where it fills the stream `name` with `count` messages, `1`, `2`, …, on three subjects. */
export async function openWithStream(
  server: { readonly url: string },
  name: string,
  count: number,
): Promise<OfficialClient> {
  const client = await openOfficialClient(server);
  await client.jsm.streams.add({ name, subjects: [`${name}.*`] });
  const publishes = Array.from({ length: count }, (_, index) =>
    client.js.publish(`${name}.${index % 3}`, String(index + 1)),
  );
  await Promise.all(publishes);
  return client;
}

/** All pages of a lister. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Checks that `promise` fails with this error code of the JetStream API and, if given, with exactly this text. */
export async function rejectsWithCode(
  promise: Promise<unknown>,
  code: number,
  text?: string,
): Promise<void> {
  await assert.rejects(promise, (error: Error) => {
    assert.ok(error instanceof JetStreamApiError, String(error));
    assert.equal(error.code, code);
    if (text !== undefined) assert.equal(error.message, text);
    return true;
  });
}
