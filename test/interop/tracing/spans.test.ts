import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import { type Context, ROOT_CONTEXT } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { connect, type Message } from "oxbow";
import type { Tracing } from "oxbow/internal";
import { openTelemetry } from "oxbow/opentelemetry";
import { HttpScene } from "../http/http-scene.ts";
import { Receiver } from "../notifications/receiver.ts";
import { eventually } from "../support/deadline.ts";
import { OtlpReceiver } from "./otlp-receiver.ts";

/** Goal: what the server and clients do is seen as spans that hang together. Method: a server that sends its spans to a
 * collector of the test, and a client that writes down its own. */
const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

/** Has the server send its spans to the receiver, soon. */
function environmentOf(
  { url }: OtlpReceiver,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_BSP_SCHEDULE_DELAY: "20", ...more };
}

/** What an application with OpenTelemetry has. */
class Application {
  readonly exporter = new InMemorySpanExporter();
  readonly tracing: Tracing;

  constructor() {
    const spanProcessors = [new SimpleSpanProcessor({ exporter: this.exporter })];
    const kept = new AsyncLocalStorage<Context>();
    this.tracing = openTelemetry({
      tracer: new TracerProvider({ spanProcessors }).getTracer("shop"),
      contexts: {
        active: () => kept.getStore() ?? ROOT_CONTEXT,
        with: (context, work) => kept.run(context, work),
      },
    });
  }

  spans(name: string): ReadableSpan[] {
    return this.exporter.getFinishedSpans().filter((span) => span.name === name);
  }
}

async function post(
  http: HttpScene,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${http.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", connection: "close", ...headers },
    body,
  });
}

type Headers = Readonly<Record<string, readonly string[]>>;

async function headersIn(http: HttpScene, station: string): Promise<Headers[]> {
  const { messages } = await http.get("GET", `/stations/${station}/messages`);
  return messages.map((each: { readonly headers: Headers }) => each.headers).reverse();
}

test("from a request to its message, on to who works on it, and to what is derived", async () => {
  await using receiver = await OtlpReceiver.open();
  await using http = await HttpScene.open(
    {},
    environmentOf(receiver, {
      OTEL_EXPORTER_OTLP_HEADERS: "api-key=s3cret%2C",
      OTEL_SERVICE_NAME: "broker",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
    }),
  );
  await http.get("PUT", "/stations/orders", { headers: { traceparent } });
  const asked = await receiver.span("PUT /api/v1/stations/:station");
  assert.deepEqual([asked.trace, asked.parent], [traceId, "b7ad6b7169203331"]);
  const made = await receiver.span("station.create");
  assert.deepEqual([made.trace, made.parent, made.kind], [traceId, asked.id, "server"]);
  assert.equal(made.resource["service.name"], "broker");
  assert.equal(made.resource["deployment.environment.name"], "test");
  assert.equal(receiver.asked[0]?.path, "/v1/traces");
  assert.equal(receiver.asked[0]?.headers["api-key"], "s3cret,");

  const tracestate = "rojo=00f067aa0ba902b7";
  await post(http, "/api/v1/stations/orders/messages?key=s3cret", "1", { traceparent, tracestate });
  const request = await receiver.span("POST /api/v1/stations/:station/messages");
  const sent = await receiver.span("send orders");
  assert.deepEqual(
    [request.parent, request.state, request.attributes["http.response.status_code"]],
    ["b7ad6b7169203331", tracestate, 201],
  );
  assert.deepEqual([sent.trace, sent.parent, sent.kind], [traceId, request.id, "producer"]);
  assert.equal(sent.attributes["messaging.system"], "oxbow");
  assert.equal(sent.attributes["messaging.destination.name"], "orders");
  const [stored] = await headersIn(http, "orders");
  assert.deepEqual(stored?.["traceparent"], [`00-${traceId}-${sent.id}-01`]);
  assert.deepEqual(stored?.["tracestate"], [tracestate]);

  const shop = new Application();
  await using ox = await connect({ servers: http.scene.server.url, tracing: shop.tracing });
  await http.get("PUT", "/stations/invoices");
  const { promise: handled, resolve } = Promise.withResolvers<void>();
  const run = ox.station("orders").consume({ group: "billing" }, async (message) => {
    await ox.station("invoices").produce(message.value);
    resolve();
  });
  await handled;
  await run.stop();
  const [processed] = shop.spans("process orders");
  const [derived] = shop.spans("send invoices");
  assert.ok(processed && derived);
  assert.equal(processed.parentSpanContext?.spanId, sent.id);
  assert.equal(processed.spanContext().traceId, traceId);
  assert.equal(processed.attributes["messaging.consumer.group.name"], "billing");
  assert.equal(processed.attributes["oxbow.outcome"], "ack");
  assert.equal(derived.parentSpanContext?.spanId, processed.spanContext().spanId);
  const [invoice] = await headersIn(http, "invoices");
  assert.deepEqual(invoice?.["traceparent"], [`00-${traceId}-${derived.spanContext().spanId}-01`]);
  assert.doesNotMatch(JSON.stringify(receiver.spans), /s3cret/);
});

test("what was taken from an iterator is worked on until it is settled", async () => {
  await using http = await HttpScene.open();
  const shop = new Application();
  await using ox = await connect({ servers: http.scene.server.url, tracing: shop.tracing });
  await ox.admin.stations.create("orders");
  const orders = ox.station("orders");
  await orders.produce(1);
  await orders.produce(2, { headers: { traceparent, Colour: "red" } });
  const [first, second] = await orders.fetch(2, { group: "billing" });
  assert.ok(first && second);
  assert.equal(shop.spans("process orders").length, 0);
  await orders.produce(3, { parent: second });
  await second.ackSync();
  first.nak();
  const sent = shop.spans("send orders");
  const processed = shop.spans("process orders");
  assert.deepEqual(
    sent.map((span) => span.parentSpanContext?.spanId),
    [undefined, "b7ad6b7169203331", processed[0]?.spanContext().spanId],
  );
  assert.deepEqual(
    processed.map(({ attributes }) => attributes["oxbow.outcome"]),
    ["ack", "nak"],
  );
  assert.equal(processed[1]?.parentSpanContext?.spanId, sent[0]?.spanContext().spanId);
  assert.equal(second.header("Colour"), "red");

  const failing = orders.consume(
    { group: "failing", create: { maxDeliveries: 1 }, onError: () => run.resolve() },
    () => {
      throw Object.assign(new Error("with what is nobody's business"), { code: "ORDER_WRONG" });
    },
  );
  const run = Promise.withResolvers<void>();
  await run.promise;
  await failing.stop();
  const failed = shop.spans("process orders").find(({ status }) => status.code === 2);
  assert.equal(failed?.attributes["error.type"], "ORDER_WRONG");
  assert.doesNotMatch(JSON.stringify(failed?.attributes), /business/);
});

test("batches, messages that go out by HTTP, webhooks, and the REST gateway of Memphis", async () => {
  await using receiver = await OtlpReceiver.open();
  await using http = await HttpScene.open({ memphisRestPort: "0" }, environmentOf(receiver));
  await http.get("PUT", "/stations/orders");
  const own = { value: 1, headers: { traceparent } };
  const lone = { value: 2 };
  await post(
    http,
    "/api/v1/stations/orders/messages/batch",
    JSON.stringify({ messages: [own, lone] }),
  );
  const batch = await receiver.span("send orders");
  assert.equal(batch.attributes["messaging.batch.message_count"], 2);
  assert.deepEqual(batch.links, [`${traceId}-b7ad6b7169203331`]);
  const [kept, fresh] = await headersIn(http, "orders");
  assert.deepEqual(kept?.["traceparent"], [traceparent]);
  assert.deepEqual(fresh?.["traceparent"], [`00-${batch.trace}-${batch.id}-01`]);
  await http.get("PUT", "/stations/lines");
  const lines = { "content-type": "application/x-ndjson", traceparent };
  await post(http, "/api/v1/stations/lines/messages/batch", "1\n2\n", lines);
  const ofLines = await receiver.span("send lines");
  assert.equal(ofLines.trace, traceId);
  for (const each of await headersIn(http, "lines")) {
    assert.deepEqual(each["traceparent"], [`00-${traceId}-${ofLines.id}-01`]);
  }

  await post(http, "/api/v1/stations/orders/groups/a/fetch", '{"count":2,"waitMs":100}');
  const fetched = await receiver.span("receive orders");
  assert.deepEqual(fetched.links, [`${traceId}-b7ad6b7169203331`, `${batch.trace}-${batch.id}`]);
  assert.equal(fetched.attributes["messaging.batch.message_count"], 2);
  const left = new AbortController();
  const events = await fetch(`${http.url}/api/v1/stations/lines/groups/b/consume`, {
    signal: left.signal,
  });
  const streamed = await receiver.span("receive lines");
  assert.deepEqual([streamed.trace, streamed.parent], [traceId, ofLines.id]);
  left.abort();
  await events.text().catch(() => undefined);

  await http.get("PUT", "/stations/hooks");
  const { path } = await http.get("PUT", "/stations/hooks/ingest/any", {
    body: { verify: { kind: "none" } },
  });
  await post(http, path, "{}", { traceparent });
  const hook = await receiver.span("POST /in/:token");
  const hooked = await receiver.span("send hooks");
  assert.deepEqual([hook.trace, hooked.parent], [traceId, hook.id]);
  assert.ok(!JSON.stringify(receiver.spans).includes(path.slice("/in/".length)));

  const rest = `http://127.0.0.1:${http.scene.server.memphisRestPort}`;
  const restPost = (route: string, body: string, more = {}): Promise<Response> =>
    fetch(`${rest}${route}`, {
      method: "POST",
      headers: { "content-type": "application/json", connection: "close", ...more },
      body,
    });
  const credentials = JSON.stringify({ username: "root", password: "memphis" });
  const answer = await restPost("/auth/authenticate", credentials);
  const { jwt } = (await answer.json()) as { readonly jwt: string };
  const authorization = `Bearer ${jwt}`;
  await restPost("/stations/rest/produce/single", "1", { authorization, traceparent });
  const produced = await receiver.span(
    ({ name }) => name === "POST /stations/:station/produce/single",
  );
  const stored = await receiver.span(({ name, isError }) => name === "send rest" && !isError);
  assert.deepEqual([stored.trace, stored.parent], [traceId, produced.id]);
});

test("what the platform resends and tells of", async () => {
  await using receiver = await OtlpReceiver.open();
  await using hooks = await Receiver.open();
  await using http = await HttpScene.open({ notifyAllowed: "127.0.0.1" }, environmentOf(receiver));
  await http.get("PUT", "/stations/orders");
  await http.get("PUT", "/notifications/channels/hook", {
    body: { to: { kind: "webhook", url: hooks.url } },
  });
  await http.get("PUT", "/notifications/rules/dead", {
    body: { when: "deadLetter", channels: ["hook"] },
  });
  await using ox = await connect({ servers: http.scene.server.url });
  const orders = ox.station("orders");
  await orders.produce(1, { headers: { traceparent } });
  const [message] = (await orders.fetch(1, {
    group: "billing",
    create: { maxDeliveries: 1 },
  })) as Message<unknown>[];
  await message?.deadLetter("no");
  const notified = await receiver.span("notify webhook");
  const { headers } = await hooks.next();
  assert.equal(headers["traceparent"], `00-${notified.trace}-${notified.id}-01`);

  const letter = await eventually("the dead letter", async () => {
    const { letters } = await http.get("GET", "/stations/orders/dead-letters");
    return letters[0];
  });
  const body = { filter: { ids: [letter.id] }, to: "station" };
  await http.get("POST", "/stations/orders/resends", { body });
  const resent = await receiver.span(
    ({ name, attributes }) =>
      name === "send orders" && attributes["messaging.operation.name"] === "resend",
  );
  assert.equal(resent.trace, traceId);
  const again = await eventually("the message", async () => (await headersIn(http, "orders"))[1]);
  assert.deepEqual(again["traceparent"], [`00-${traceId}-${resent.id}-01`]);
});

test("who sends something along with a trace decides whether it is written down; else the sampler", async () => {
  await using receiver = await OtlpReceiver.open();
  await using http = await HttpScene.open(
    {},
    environmentOf(receiver, {
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0",
    }),
  );
  await http.get("PUT", "/stations/orders");
  await post(http, "/api/v1/stations/orders/messages", "1");
  await post(http, "/api/v1/stations/orders/messages", "2", {
    traceparent: traceparent.replace(/01$/, "00"),
  });
  await post(http, "/api/v1/stations/orders/messages", "3", { traceparent });
  await receiver.span("send orders");
  await http.scene.server.stop();
  assert.deepEqual(new Set(receiver.spans.map(({ trace }) => trace)), new Set([traceId]));
  assert.equal(receiver.spans.filter(({ name }) => name === "send orders").length, 1);
});
