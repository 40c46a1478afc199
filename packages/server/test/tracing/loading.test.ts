import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { resolveConfig } from "../../src/config/index.ts";
import { type RunningServer, startServer } from "../../src/index.ts";

/** Goal: who wants no spans pays for none. Method: what the process has loaded, without and with an endpoint. */
const { cache } = createRequire(import.meta.url);

function isLoaded(): boolean {
  return Object.keys(cache).some((file) => file.includes("@opentelemetry"));
}

async function produce(environment: Readonly<Record<string, string>>): Promise<RunningServer> {
  const flags = { port: "0", memory: true, log: "silent" };
  const server = await startServer(await resolveConfig({ flags, environment }));
  const station = `${server.httpUrl}/api/v1/stations/orders`;
  const headers = { connection: "close" };
  assert.equal((await fetch(station, { method: "PUT", headers })).status, 200);
  const produced = await fetch(`${station}/messages`, { method: "POST", body: "1", headers });
  assert.equal(produced.status, 201);
  return server;
}

test("OpenTelemetry is loaded only where spans go somewhere", async () => {
  const plain = await produce({ OTEL_SERVICE_NAME: "broker" });
  await plain.stop();
  assert.equal(isLoaded(), false);
  // Nobody listens there: that is no reason for anything to fail.
  const traced = await produce({
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
    OTEL_EXPORTER_OTLP_TIMEOUT: "1",
  });
  await traced.stop();
  assert.equal(isLoaded(), true);
});
