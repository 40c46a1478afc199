import assert from "node:assert/strict";
import { test } from "node:test";
import { monitoringPage } from "../../src/index.ts";
import { connectClient, openEngine } from "../connection/open-engine.ts";

interface Connz {
  readonly num_connections: number;
  readonly total: number;
  readonly connections: readonly { readonly cid: number }[];
}

interface Subsz {
  readonly total: number;
  readonly subscriptions_list?: readonly { readonly subject: string }[];
}

test("connections and subscriptions are told page by page", async () => {
  const { engine, host } = await openEngine();
  const clients = Array.from({ length: 1_100 }, () => connectClient(host));
  for (const [index, client] of clients.entries()) client.send(`SUB s.${index} 1\r\n`);
  const ask = async <Body>(path: string, query = ""): Promise<Body> => {
    const answer = await monitoringPage(engine, path, new URLSearchParams(query));
    return JSON.parse(answer?.body ?? "");
  };
  const first = await ask<Connz>("/connz");
  assert.deepEqual([first.num_connections, first.total], [1_024, 1_100]);
  const second = await ask<Connz>("/connz", "offset=1024&subs=detail");
  const ids = [...first.connections, ...second.connections].map(({ cid }) => cid);
  assert.equal(new Set(ids).size, 1_100);
  const listed = await ask<Subsz>("/subsz", "subs=1&acc=$G");
  const own = listed.total - 1_100;
  assert.equal(listed.subscriptions_list?.length, 1_024);
  const rest = await ask<Subsz>("/subsz", "subs=1&acc=$G&offset=1024");
  assert.equal(rest.subscriptions_list?.length, 1_100 - 1_024 + own);
  const none = await ask<Subsz>("/subsz", "subs=1&offset=99999");
  assert.equal(none.subscriptions_list, undefined);
  for (const client of clients) client.closeByPeer();
  await engine.destroy();
});
