import assert from "node:assert/strict";
import { test } from "node:test";
import { headers, type NatsConnection } from "@nats-io/nats-core";
import { createMemphisInstance } from "memphis-dev";
import { connect } from "oxbow";
import { traceIdIn } from "oxbow/internal";
import { oxbow } from "../../e2e/support/command.ts";
import { HttpScene } from "../http/http-scene.ts";
import { eventually } from "../support/deadline.ts";

/** Goal: whoever names a trace finds it on the message, whichever way that took. Method: a server that writes down no spans
 * itself, each door, and what is stored. */
const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const other = "00-11111111111111111111111111111111-2222222222222222-00";
const traced = { traceparent, tracestate: "rojo=00f067aa0ba902b7" };

type Headers = Readonly<Record<string, readonly string[]>>;

/** The headers of the messages of a station, the oldest first. */
async function headersIn(http: HttpScene, station: string): Promise<Headers[]> {
  const { messages } = await http.get("GET", `/stations/${station}/messages`);
  return messages.map((each: { readonly headers: Headers }) => each.headers).reverse();
}

async function assertCarried(http: HttpScene, station: string, count = 1): Promise<void> {
  const found = await headersIn(http, station);
  assert.equal(found.length, count, station);
  for (const each of found) {
    assert.deepEqual(each["traceparent"], [traceparent], station);
    assert.deepEqual(each["tracestate"], [traced.tracestate], station);
  }
}

test("HTTP: one message, a list, lines, a webhook, and the REST gateway of Memphis", async () => {
  await using http = await HttpScene.open({ memphisRestPort: "0" });
  for (const station of ["one", "list", "lines", "mixed", "hooks", "rest"]) {
    await http.get("PUT", `/stations/${station}`);
  }
  const post = async (
    path: string,
    body: string,
    more: Readonly<Record<string, string>> = {},
    base = http.url,
  ): Promise<Response> => {
    const told = { "content-type": "application/json", connection: "close", ...traced, ...more };
    const answer = await fetch(`${base}${path}`, { method: "POST", headers: told, body });
    assert.ok(answer.status < 300, `${path}: ${answer.status}`);
    return answer;
  };
  await post("/api/v1/stations/one/messages", "1");
  await assertCarried(http, "one");
  await post("/api/v1/stations/list/messages/batch", '{"messages":[{"value":1},{"value":2}]}');
  await assertCarried(http, "list", 2);
  const lines = { "content-type": "application/x-ndjson" };
  await post("/api/v1/stations/lines/messages/batch", "1\n2\n3\n", lines);
  await assertCarried(http, "lines", 3);
  const own = { value: 1, headers: { Traceparent: other } };
  const batch = JSON.stringify({ messages: [own, { value: 2, key: "a" }] });
  await post("/api/v1/stations/mixed/messages/batch", batch);
  const [first, second] = await headersIn(http, "mixed");
  assert.deepEqual([first?.["Traceparent"], first?.["traceparent"]], [[other], undefined]);
  assert.deepEqual(second?.["traceparent"], [traceparent]);

  const { path } = await http.get("PUT", "/stations/hooks/ingest/any", {
    body: { verify: { kind: "none" } },
  });
  await post(path, "{}");
  await assertCarried(http, "hooks");

  const rest = `http://127.0.0.1:${http.scene.server.memphisRestPort}`;
  const credentials = JSON.stringify({ username: "root", password: "memphis" });
  const { jwt } = (await (await post("/auth/authenticate", credentials, {}, rest)).json()) as {
    readonly jwt: string;
  };
  const bearer = { authorization: `Bearer ${jwt}` };
  await post("/stations/rest/produce/single", "1", bearer, rest);
  await post("/stations/rest/produce/batch", "[2, 3]", bearer, rest);
  await assertCarried(http, "rest", 3);
});

test("the typed client, plain NATS, SDKs of Memphis, and the command line", async () => {
  await using http = await HttpScene.open({ memphisPort: "0" });
  for (const station of ["sdk", "derived", "nats", "memphis", "cli"]) {
    await http.get("PUT", `/stations/${station}`);
  }
  const { url, memphisPort } = http.scene.server;
  await using ox = await connect({ servers: url });
  await ox.station("sdk").produce(1, { headers: traced });
  await assertCarried(http, "sdk");
  const [message] = await ox.station("sdk").fetch(1, { group: "billing" });
  assert.equal(message?.header("traceparent"), traceparent);
  await ox.station("derived").produce(2, { parent: message });
  const [derived] = await headersIn(http, "derived");
  assert.equal(traceIdIn(derived?.["traceparent"]?.[0]), traceId);
  assert.notDeepEqual(derived?.["traceparent"], [traceparent]);

  const nats: NatsConnection = await http.scene.connect();
  const told = headers();
  for (const [name, value] of Object.entries(traced)) told.set(name, value);
  await nats.request("nats", "1", { headers: told, timeout: 10_000 });
  await assertCarried(http, "nats");

  const memphis = createMemphisInstance();
  await memphis.connect({
    ...{ host: "127.0.0.1", port: memphisPort as number, suppressLogs: true },
    ...{ username: "root", password: "memphis" },
  });
  const produced = { stationName: "memphis", producerName: "p", message: "x" };
  await memphis.produce({ ...produced, asyncProduce: false, headers: traced });
  await memphis.close();
  await assertCarried(http, "memphis");

  const env = { OXBOW_URL: url };
  const pairs = Object.entries(traced).flatMap(([name, value]) => [
    "--header",
    `${name}: ${value}`,
  ]);
  const ran = await oxbow(["produce", "cli", "1", ...pairs], { env });
  assert.equal(ran.status, 0, ran.stderr);
  await assertCarried(http, "cli");
  const consumed = await oxbow(["consume", "cli", "--group", "g", "--count", "1", "--json"], {
    env,
  });
  assert.match(consumed.stdout, new RegExp(traceparent), consumed.stderr);
});

test("a dead letter keeps it, and what is resent stays in its trace", async () => {
  await using http = await HttpScene.open();
  await http.get("PUT", "/stations/orders");
  await using ox = await connect({ servers: http.scene.server.url });
  const orders = ox.station("orders");
  await orders.produce(1, { headers: traced });
  const [message] = await orders.fetch(1, { group: "billing", create: { maxDeliveries: 1 } });
  await message?.deadLetter("no");
  const letter = await eventually("the dead letter", async () => {
    const { letters } = await http.get("GET", "/stations/orders/dead-letters");
    return letters[0];
  });
  const { letter: whole } = await http.get("GET", `/stations/orders/dead-letters/${letter.id}`);
  assert.deepEqual(new Map(whole.headers).get("traceparent"), traceparent);
  const body = { filter: { ids: [letter.id] }, to: "station" };
  await http.get("POST", "/stations/orders/resends", { body });
  const resent = await eventually("the message that was resent", async () => {
    return (await headersIn(http, "orders"))[1];
  });
  assert.equal(traceIdIn(resent["traceparent"]?.[0]), traceId);
  assert.deepEqual(resent["tracestate"], [traced.tracestate]);
});
