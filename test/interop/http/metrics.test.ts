import assert from "node:assert/strict";
import { suite, test } from "node:test";
import parsePrometheusTextFormat from "parse-prometheus-text-format";
import { basic, bearer, HttpScene } from "./http-scene.ts";

interface Sample {
  readonly value?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly count?: string;
  readonly buckets?: Readonly<Record<string, string>>;
}

interface Parsed {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metrics: readonly Sample[];
}

type Headers = Readonly<Record<string, string>>;

/** What is told, as a parser of Prometheus reads it, and as it came. */
async function scrape(http: HttpScene, headers: Headers = {}): Promise<Map<string, Parsed>> {
  const response = await fetch(`${http.url}/metrics`, {
    headers: { connection: "close", ...headers },
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const parsed = parsePrometheusTextFormat(text) as readonly Parsed[];
  for (const { name, help, type } of parsed) {
    assert.ok(help !== "" && type !== "UNTYPED", name);
    if (type === "COUNTER") assert.match(name, /_total$/);
    assert.match(name, /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/);
  }
  assert.equal(new Set(parsed.map(({ name }) => name)).size, parsed.length);
  return new Map(parsed.map((family) => [family.name, family]));
}

function numberOf(
  families: ReadonlyMap<string, Parsed>,
  name: string,
  labels: Headers = {},
): number {
  const found = families
    .get(name)
    ?.metrics.filter((sample) =>
      Object.entries(labels).every(([label, value]) => sample.labels?.[label] === value),
    );
  assert.equal(found?.length, 1, `${name} ${JSON.stringify(labels)}`);
  return Number(found?.[0]?.value);
}

function ownerOf(http: HttpScene): Headers {
  const { owner } = http.scene.server;
  assert.ok(owner !== undefined);
  return basic(owner.user, owner.password);
}

suite("/metrics", () => {
  test("tells stations, partitions and groups, and the server, in the format of Prometheus", async () => {
    await using http = await HttpScene.open({ sync: "always" });
    await http.get("PUT", "/stations/orders", { body: { partitions: 2 } });
    await http.get("PUT", "/stations/orders/groups/billing");
    for (const partition of [1, 1, 2]) {
      await http.get("POST", `/stations/orders/messages?partition=${partition}`, {
        body: { id: partition },
      });
    }
    const { messages } = await http.get("POST", "/stations/orders/groups/billing/fetch", {
      body: { count: 3 },
    });
    const settled = { messages: [{ token: messages[0].token }] };
    await http.get("POST", "/stations/orders/groups/billing/settle", { body: settled });
    const all = await scrape(http);
    const station = { tenant: "default", station: "orders" };
    const first = { ...station, partition: "1" };
    assert.equal(numberOf(all, "oxbow_station_messages", first), 2);
    assert.equal(numberOf(all, "oxbow_station_in_messages_total", first), 2);
    assert.ok(numberOf(all, "oxbow_station_in_bytes_total", first) > 0);
    assert.equal(numberOf(all, "oxbow_station_dead_letters", station), 0);
    const lags = ["1", "2"].map((partition) =>
      numberOf(all, "oxbow_group_lag_messages", { ...station, group: "billing", partition }),
    );
    assert.equal(lags[0] !== undefined && lags[1] !== undefined ? lags[0] + lags[1] : 0, 2);
    const group = { ...first, group: "billing" };
    assert.equal(numberOf(all, "oxbow_group_out_messages_total", group), 2);
    assert.ok(numberOf(all, "oxbow_group_out_bytes_total", group) > 0);
    assert.ok(numberOf(all, "oxbow_group_lag_seconds", group) >= 0);
    assert.ok(numberOf(all, "oxbow_connections") > 0);
    assert.ok(numberOf(all, "process_resident_memory_bytes") > 1e6);
    assert.equal(numberOf(all, "oxbow_store_failed"), 0);
    assert.equal(all.get("oxbow_build_info")?.metrics.length, 1);
    assert.equal(all.get("nodejs_eventloop_delay_seconds")?.metrics.length, 4);
    for (const name of ["oxbow_publish_ack_seconds", "oxbow_journal_sync_seconds"]) {
      const [{ count, buckets = {} } = {}] = all.get(name)?.metrics ?? [];
      assert.ok(Number(count) >= 3, name);
      const counts = Object.entries(buckets)
        .sort(
          ([a], [b]) =>
            Number(a.replace("+Inf", "Infinity")) - Number(b.replace("+Inf", "Infinity")),
        )
        .map(([, value]) => Number(value));
      assert.deepEqual(
        counts,
        [...counts].sort((a, b) => a - b),
      );
      assert.equal(counts.at(-1), Number(count));
    }
  });

  test("is OpenMetrics for who asks for that", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders");
    const headers = { accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5" };
    const response = await fetch(`${http.url}/metrics`, { headers });
    const text = await response.text();
    assert.match(response.headers.get("content-type") ?? "", /^application\/openmetrics-text/);
    const lines = text.split("\n");
    assert.deepEqual(lines.slice(-2), ["# EOF", ""]);
    assert.equal(lines.filter((line) => line === "# EOF").length, 1);
    assert.match(text, /^# TYPE oxbow_station_in_messages counter$/m);
    assert.match(text, /^oxbow_station_in_messages_total\{tenant="default",station="orders",/m);
    assert.match(text, /^# TYPE oxbow_build info$/m);
  });

  test("is for people who may see all stations, and tells each tenant of itself", async () => {
    await using http = await HttpScene.open({ auth: true });
    const headers = ownerOf(http);
    await http.get("PUT", "/stations/orders", { headers });
    await http.get("PUT", "/stations/secret", { headers });
    await http.get("PUT", "/tenants/acme", { headers });
    const keyOf = async (user: string, body: object): Promise<Headers> => {
      await http.get("PUT", `/users/${user}`, { headers, body });
      const path = `/users/${user}/keys`;
      const { tenant } = body as { readonly tenant?: string };
      const key = await http.get("POST", path, { headers, body: tenant ? { tenant } : {} });
      return bearer(key.secret);
    };
    const refused = async (status: number, shown: Headers): Promise<void> => {
      const answer = await fetch(`${http.url}/metrics`, {
        headers: { connection: "close", ...shown },
      });
      assert.equal(answer.status, status, await answer.text());
    };
    await refused(401, {});
    const app = await keyOf("shop", { write: ["*"] });
    await refused(403, app);
    const ann = await keyOf("ann", { role: "viewer", read: ["orders"], write: [] });
    const seen = await scrape(http, ann);
    const stations = seen
      .get("oxbow_station_messages")
      ?.metrics.map(({ labels }) => labels?.["station"]);
    assert.deepEqual(stations, ["orders"]);
    const bob = await keyOf("bob", { tenant: "acme", role: "admin", read: ["*"], write: ["*"] });
    const other = await scrape(http, bob);
    assert.equal(other.get("oxbow_station_messages"), undefined);
    assert.equal(other.get("oxbow_connections"), undefined);
    assert.equal(other.get("process_resident_memory_bytes"), undefined);
    await http.get("PUT", "/stations/parts", { headers: bob });
    const own = { tenant: "acme", station: "parts", partition: "1" };
    const readAgain = async (): Promise<Map<string, Parsed>> => {
      for (;;) {
        const again = await scrape(http, bob);
        if (again.has("oxbow_station_messages")) return again;
      }
    };
    assert.equal(numberOf(await readAgain(), "oxbow_station_messages", own), 0);
  });

  test("counts what gates refused, and escapes what is no name", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders");
    const body = { format: "json", text: '{"type":"object","required":["id"]}' };
    await http.get("PUT", "/schemas/order", { body });
    await http.get("PUT", "/stations/orders/schema", { body: { schema: "order" } });
    await http.refuses(422, "MESSAGE_REFUSED", [
      "POST",
      "/stations/orders/messages",
      { body: { x: 1 } },
    ]);
    const all = await scrape(http);
    const labels = { tenant: "default", outcome: "refused" };
    assert.equal(numberOf(all, "oxbow_gate_messages_total", labels), 1);
  });
});

suite("/health", () => {
  test("tells who has no credentials that it runs and is ready, and no more", async () => {
    await using http = await HttpScene.open({ auth: true });
    const live = await fetch(`${http.url}/health/live`);
    assert.deepEqual([live.status, await live.json()], [200, { status: "ok", checks: [] }]);
    const ready = await fetch(`${http.url}/health/ready`);
    assert.equal(ready.status, 200);
    const names = ["store", "jetstream", "platform", "clients"];
    const checks = names.map((name) => ({ name, isOk: true }));
    assert.deepEqual(await ready.json(), { status: "ok", checks });
  });
});
