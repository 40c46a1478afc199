import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type ConfigSources, resolveConfig, tracingOf } from "../../src/config/index.ts";

const endpoint = "http://collector:4318";

async function settingsOf(
  environment: Readonly<Record<string, string>>,
  flags: ConfigSources["flags"] = {},
): Promise<ReturnType<typeof tracingOf>> {
  return tracingOf(await resolveConfig({ flags, environment }));
}

async function problemsOf(
  environment: Readonly<Record<string, string>>,
  flags: ConfigSources["flags"] = {},
): Promise<readonly string[]> {
  try {
    await resolveConfig({ flags, environment });
    return [];
  } catch (error) {
    return (error as Error).message.split("\n");
  }
}

suite("where spans go", () => {
  test("nowhere, unless somebody says where", async () => {
    assert.equal(await settingsOf({}), undefined);
    assert.equal(await settingsOf({ OTEL_SERVICE_NAME: "x", OTEL_TRACES_SAMPLER: "?" }), undefined);
    const off = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
    assert.equal(await settingsOf({ ...off, OTEL_SDK_DISABLED: "TRUE" }), undefined);
    assert.equal(await settingsOf({ ...off, OTEL_TRACES_EXPORTER: "none" }), undefined);
    assert.equal(await settingsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: "" }), undefined);
  });

  test("the variables of OpenTelemetry, and their defaults", async () => {
    assert.deepEqual(await settingsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/otlp/` }), {
      url: `${endpoint}/otlp/v1/traces`,
      headers: {},
      isCompressed: false,
      resource: { "service.name": "oxbow" },
      sampler: { ratio: 1, isParentBased: true },
      timeoutMs: 10_000,
      delayMs: 5_000,
      queueMax: 2_048,
      batchMax: 512,
    });
    const all = await settingsOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://other/put",
      OTEL_EXPORTER_OTLP_HEADERS: "a=1, b=2%3D",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "a=3",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      OTEL_EXPORTER_OTLP_TIMEOUT: "20",
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "30",
      OTEL_RESOURCE_ATTRIBUTES: "service.name=no,team=%C3%A4",
      OTEL_SERVICE_NAME: "broker",
      OTEL_TRACES_SAMPLER: "traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.25",
      OTEL_BSP_SCHEDULE_DELAY: "40",
      OTEL_BSP_MAX_QUEUE_SIZE: "100",
    });
    assert.deepEqual(all, {
      url: "https://other/put",
      headers: { a: "3", b: "2=" },
      isCompressed: true,
      resource: { "service.name": "broker", team: "ä" },
      sampler: { ratio: 0.25, isParentBased: false },
      timeoutMs: 30,
      delayMs: 40,
      queueMax: 100,
      batchMax: 100,
    });
  });

  test("the option counts more than the variables", async () => {
    const environment = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://other/put" };
    const given = await settingsOf(environment, { otlpEndpoint: endpoint });
    assert.equal(given?.url, `${endpoint}/v1/traces`);
    const own = await settingsOf({ OXBOW_OTLP_ENDPOINT: endpoint });
    assert.equal(own?.url, `${endpoint}/v1/traces`);
  });

  test("what is wrong is said, without what may be a secret", async () => {
    const problems = await problemsOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: "s3cret",
      OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_COMPRESSION: "zip",
      OTEL_EXPORTER_OTLP_CERTIFICATE: "/none.pem",
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "2",
      OTEL_BSP_MAX_QUEUE_SIZE: "many",
    });
    assert.deepEqual(problems, [
      'OTEL_EXPORTER_OTLP_PROTOCOL: expected one of http/protobuf, not "grpc": collectors take it at port 4318',
      'OTEL_EXPORTER_OTLP_COMPRESSION: expected one of gzip, none, not "zip"',
      "OTEL_EXPORTER_OTLP_CERTIFICATE: there is no such file",
      'OTEL_BSP_MAX_QUEUE_SIZE: expected a whole number from 1 to 65536, not "many"',
      "OTEL_EXPORTER_OTLP_HEADERS: expected name=value,name=value, the values percent-encoded",
      'OTEL_TRACES_SAMPLER_ARG: expected a share from 0 to 1 such as 0.1, not "2"',
    ]);
    const url = "expected a URL of HTTP such as http://127.0.0.1:4318";
    assert.deepEqual(await problemsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: "s3cret@collector" }), [
      `OTEL_EXPORTER_OTLP_ENDPOINT: ${url}`,
    ]);
    assert.deepEqual(await problemsOf({}, { otlpEndpoint: "collector:4318" }), [
      `--otlp-endpoint: ${url}`,
    ]);
    assert.deepEqual(await problemsOf({}, { otlpEndpoint: "http://a:s3cret@collector" }), [
      "--otlp-endpoint: expected a URL without a password: set OTEL_EXPORTER_OTLP_HEADERS",
    ]);
    const exporter = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_EXPORTER: "zipkin" };
    assert.deepEqual(await problemsOf(exporter), [
      'OTEL_TRACES_EXPORTER: expected one of otlp, none, not "zipkin"',
    ]);
  });
});
