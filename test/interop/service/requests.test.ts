import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { errors } from "@nats-io/nats-core";
import { PlatformService } from "@oxbow/platform";
import { apiPrefix, ControlClient, type FailureBody, operationNames } from "oxbow/control";
import { openOfficialClient } from "../support/official-client.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import type { Service, ServiceInfo } from "./discovered.ts";
import { ServiceBench } from "./service-bench.ts";

onEachTarget("requests of the control API", (target) => {
  let bench: ServiceBench;

  beforeEach(async () => {
    bench = await ServiceBench.open(target.server);
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  async function refused(subject: string, body: string | Uint8Array): Promise<FailureBody> {
    const answer = await bench.ask(`${apiPrefix}${subject}`, body);
    assert.ok("error" in answer, JSON.stringify(answer));
    return answer["error"] as FailureBody;
  }

  test("that are not as the contract has them are refused, and say which field", async () => {
    const cases: readonly (readonly [string, string | Uint8Array, string, RegExp])[] = [
      ["STATION.GET.orders", "no json", "API_REQUEST_INVALID", /no JSON/],
      ["STATION.GET.orders", "[]", "API_REQUEST_INVALID", /no JSON object/],
      ["STATION.GET.orders", "null", "API_REQUEST_INVALID", /no JSON object/],
      ["STATION.GET.orders", new Uint8Array([0xff, 0xfe]), "API_REQUEST_INVALID", /no JSON/],
      ["STATION.GET.orders", '{"x":1}', "API_REQUEST_INVALID", /no setting x/],
      ["STATION.LIST", '{"limit":0}', "API_REQUEST_INVALID", /limit/],
      ["STATION.LIST", '{"limit":100000}', "API_REQUEST_INVALID", /limit/],
      ["STATION.REMOVE_MESSAGE.orders", '{"partition":1}', "API_REQUEST_INVALID", /sequence/],
      ["STATION.CREATE.orders", '{"partitions":0}', "STATION_INVALID", /partitions/],
      ["STATION.CREATE.orders", '{"partition":2}', "STATION_INVALID", /no setting partition/],
      ["STATION.CREATE.orders", '{"__proto__":{"a":1}}', "API_REQUEST_INVALID", /__proto__/],
      ["STATION.CREATE.orders!", "{}", "STATION_INVALID", /no name for a station/],
      ["STATION.EDIT.none", "{}", "STATION_NOT_FOUND", /no station none/],
      ["GROUP.CREATE.none.g", "{}", "STATION_NOT_FOUND", /no station none/],
      ["GROUP.PAUSE.none.g", '{"until":"soon"}', "API_REQUEST_INVALID", /until: write a time/],
      ["GROUP.REWIND.none.g", '{"to":{"from":"there"}}', "GROUP_INVALID", /from/],
      ["GROUP.REWIND.none.g", "{}", "API_REQUEST_INVALID", /to/],
      ["SCHEMA.CREATE.s", '{"format":"xml"}', "SCHEMA_INVALID", /format/],
      ["SCHEMA.DIFF.s", '{"from":1}', "API_REQUEST_INVALID", /to/],
      ["SCHEMA.SET_COMPATIBILITY.s", '{"compatibility":"x"}', "API_REQUEST_INVALID", /compatib/],
    ];
    for (const [subject, body, code, message] of cases) {
      const error = await refused(subject, body);
      assert.equal(error.code, code, `${subject} ${String(body)}: ${error.message}`);
      assert.match(error.message, message, subject);
      assert.equal(typeof error.retryable, "boolean");
    }
    const { details } = await refused("SCHEMA.DIFF.s", '{"from":0}');
    assert.deepEqual(details?.map(({ path }) => path).sort(), ["from", "to"]);
    assert.equal(typeof (await bench.ask(`${apiPrefix}PLATFORM.INFO`))["api"], "number");
  });

  test("come back as errors with their code, and say where nobody answers", async () => {
    const { control, service } = bench;
    const get = (): Promise<unknown> => control.call("station.get", { station: "none" }, {});
    await assert.rejects(get(), {
      name: "OxbowError",
      code: "STATION_NOT_FOUND",
      kind: "not-found",
      retryable: false,
    });
    await service.close();
    await refuses(get(), "API_UNAVAILABLE", /runs no platform/);
  });

  test("in pages no larger than a message", async () => {
    const { control } = bench;
    const description = "x".repeat(4_000);
    const names = Array.from({ length: 6 }, (_, index) => `s${index}`);
    for (const station of names) await control.call("station.create", { station }, { description });
    const page = await control.call("station.list", {}, { limit: 2 });
    assert.deepEqual(
      page.items.map(({ name }) => name),
      ["s0", "s1"],
    );
    assert.equal(page.total, 6);
    const next = await control.call("station.list", {}, { after: page.next ?? "", limit: 3 });
    assert.deepEqual(
      next.items.map(({ name }) => name),
      ["s2", "s3", "s4"],
    );
    const all = await Array.fromAsync(control.list("station.list", {}));
    assert.deepEqual(
      all.map(({ name }) => name),
      names,
    );
  });

  test("that take too long are answered, and go on", async () => {
    await using slow = await openOfficialClient(target.server);
    const service = await PlatformService.open(slow.nc, { version: "1.2.3", timeoutMs: 1 });
    await bench.service.close();
    const held = Promise.withResolvers<void>();
    const request = slow.nc.request.bind(slow.nc);
    slow.nc.request = async (subject, payload, options) => {
      await held.promise;
      return request(subject, payload, options);
    };
    const create = bench.control.call("station.create", { station: "late" }, {});
    await refuses(create, "API_TIMEOUT", /station.create takes longer than 1 ms; it goes on/);
    held.resolve();
    await service.close();
    assert.equal((await bench.client.jsm.streams.info("late")).config.name, "late");
  });

  test("are answered with what went wrong where the server does not do its part", async () => {
    await bench.service.close();
    const { control, platform } = bench;
    const logged: unknown[] = [];
    const log = (fields: object): void => void logged.push(fields);
    const logger = { trace: log, debug: log, info: log, warn: log, error: log };
    const service = await PlatformService.open(platform.nc, { version: "1.2.3", logger });
    const request = platform.nc.request.bind(platform.nc);
    const failing = (error: Error): void => {
      platform.nc.request = (subject, payload, options) =>
        subject.startsWith("$JS.API.STREAM.LIST")
          ? Promise.reject(error)
          : request(subject, payload, options);
    };
    const list = (): Promise<unknown> => control.call("station.list", {}, {});
    failing(new TypeError("a bug"));
    await refuses(list(), "API_INTERNAL", /platform failed; its log/);
    assert.match(JSON.stringify(logged), /station.list.*TypeError: a bug/);
    failing(new errors.TimeoutError());
    await refuses(list(), "API_UNAVAILABLE", /did not answer the platform in time/);
    platform.nc.request = request;
    assert.equal((await control.call("station.list", {}, {})).total, 0);
    await service.close();
  });

  test("are shared by the platforms there are, and are for those that are left", async () => {
    const { control, client } = bench;
    const other = await ServiceBench.open(target.server, { version: "4.5.6" });
    const versions = new Set<string>();
    while (versions.size < 2) {
      versions.add((await control.call("platform.info", {}, {})).version);
    }
    await bench.service.close();
    const info = await new ControlClient(client.nc).call("platform.info", {}, {});
    assert.equal(info.version, "4.5.6");
    await other[Symbol.asyncDispose]();
  });

  test("are found by the micro protocol", async () => {
    const { control } = bench;
    await control.call("platform.info", {}, {});
    await control.call("station.get", { station: "none" }, {}).catch(() => undefined);
    const ping = (await bench.ask("$SRV.PING")) as unknown as Service;
    assert.equal(ping.type, "io.nats.micro.v1.ping_response");
    assert.deepEqual([ping.name, ping.version], ["oxbow", "1.2.3"]);
    const info = (await bench.ask(`$SRV.INFO.oxbow.${ping.id}`)) as unknown as ServiceInfo;
    assert.equal(info.endpoints.length, operationNames.length);
    const stats = (await bench.ask("$SRV.STATS.oxbow")) as unknown as ServiceInfo;
    const requests = stats.endpoints
      .filter(({ num_requests: count }) => (count ?? 0) > 0)
      .map(({ name, num_requests, num_errors }) => [name, num_requests, num_errors]);
    assert.deepEqual(requests, [
      ["platform-info", 1, 0],
      ["station-get", 1, 1],
    ]);
  });
});
