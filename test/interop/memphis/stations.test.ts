import assert from "node:assert/strict";
import { test } from "node:test";
import { DefaultsOfStations, Stations } from "@oxbow/platform";
import type { Memphis } from "memphis-dev";
import { eventually } from "../support/deadline.ts";
import { openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";
import { MemphisDoor, refuses } from "./memphis-door.ts";

/** What SDKs are told of a station. */
interface News {
  readonly type: string;
  readonly station_name: string;
}

type StationRequest = Parameters<Memphis["station"]>[0];

onEachTarget("stations of the Memphis SDK", (target) => {
  test("are made, kept as they are and destroyed", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const stations = await Stations.open(client.nc);
    const memphis = await door.connect();
    const station = await memphis.station({ name: "My.Station", partitionsNumber: 3 });
    assert.equal(station.name, "my.station");
    const made = await stations.get("my.station");
    assert.equal(made.settings.partitions, 3);
    assert.equal(made.settings.maxAgeMs, 3_600_000);
    assert.equal(made.settings.duplicateWindowMs, 120_000);
    await memphis.station({ name: "my.station", retentionValue: 60_000 });
    assert.equal((await stations.get("my.station")).settings.maxAgeMs, 3_600_000);
    await station.destroy();
    await station.destroy();
    assert.equal(await stations.find("my.station"), undefined);
  });

  test("are told of when they are gone, or change, whoever did it", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const stations = await Stations.open(client.nc);
    const memphis = await door.connect();
    await memphis.station({ name: "Told.Of", partitionsNumber: 2 });
    const news = memphis.brokerManager.subscribe("$memphis_sdk_clients_updates");
    const heard = news[Symbol.asyncIterator]();
    const consumer = await memphis.consumer({ stationName: "told.of", consumerName: "c" });
    const { consumersMap } = memphis as unknown as { consumersMap: Map<string, unknown> };
    assert.equal(consumersMap.size, 1);
    // Who does not use the station does not hear that there is one.
    const other = await door.connect();
    const unheard: string[] = [];
    other.brokerManager.subscribe("$memphis_sdk_clients_updates", {
      callback: (_error, message) => void unheard.push(message.subject),
    });
    await other.brokerManager.flush();
    const told = async (type: string): Promise<unknown> => {
      for (;;) {
        const body = (await heard.next()).value?.json() as News | undefined;
        if (body?.type === type && body.station_name === "told#of") return body;
      }
    };
    const changed = { station_name: "told#of", type: "schemaverse_to_dls", update: false };
    await stations.edit("told.of", { deadLetterReasons: ["exhausted"] });
    assert.deepEqual(await told("schemaverse_to_dls"), changed);
    await stations.delete("told.of");
    const gone = { station_name: "told#of", type: "remove_station", update: true };
    assert.deepEqual(await told("remove_station"), gone);
    await other.brokerManager.flush();
    assert.deepEqual(unheard, []);
    // The SDK has forgotten its consumer, which fetches no more.
    await eventually("the SDK to have forgotten its consumer", async () => {
      await memphis.brokerManager.flush();
      return consumersMap.size === 0 || undefined;
    });
    await consumer.destroy();
  });

  test("that make themselves are as the tenant's defaults say", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const defaults = await DefaultsOfStations.open(client.nc);
    await defaults.change({ settings: { partitions: 2, maxAgeMs: 60_000, tags: ["made"] } });
    const memphis = await door.connect();
    await memphis.producer({ stationName: "made", producerName: "p" });
    const { settings } = await (await Stations.open(client.nc)).get("made");
    const { partitions, maxAgeMs, duplicateWindowMs, tags } = settings;
    assert.deepEqual(
      [partitions, maxAgeMs, duplicateWindowMs, tags],
      [2, 60_000, 60_000, ["made"]],
    );
    await defaults.change({ settings: {} });
  });

  test("keep what they are told to keep", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const stations = await Stations.open(client.nc);
    const memphis = await door.connect();
    const settingsOf = async (name: string, request: Omit<StationRequest, "name">) => {
      await memphis.station({ name, ...request });
      const { settings } = await stations.get(name);
      return settings;
    };
    const { retentionTypes, storageTypes } = memphis;
    const few = await settingsOf("few", {
      retentionType: retentionTypes.MESSAGES,
      retentionValue: 10,
      partitionsNumber: 2,
      storageType: storageTypes.MEMORY,
      idempotencyWindowMs: 5,
    });
    assert.equal(few.maxMessages, 20, "10 in each partition");
    assert.equal(few.maxAgeMs, 0);
    assert.equal(few.storage, "memory");
    assert.equal(few.duplicateWindowMs, 100);
    const small = await settingsOf("small", {
      retentionType: retentionTypes.BYTES,
      retentionValue: 4096,
    });
    assert.equal(small.maxBytes, 4096);
    const acked = await settingsOf("acked", { retentionType: retentionTypes.ACK_BASED });
    assert.equal(acked.untilAcknowledged, true);
  });

  test("are refused with a reason", async () => {
    await using door = await MemphisDoor.open(target.server);
    const memphis = await door.connect();
    const refused = (request: StationRequest, text: RegExp): Promise<void> =>
      refuses(memphis.station(request), text);
    await refused({ name: "no spaces" }, /Only alphanumeric .* are allowed in Station/);
    await refused({ name: "_under" }, /Station name can not start or end/);
    await refused({ name: "" }, /Station name can not be empty/);
    await refused({ name: "kind", retentionType: "moon" }, /retention type can be one of/);
    await refused({ name: "kind", storageType: "moon" }, /storage type can be one of/);
    await refused({ name: "kind", partitionsNumber: 1001 }, /with 1001 partitions \(max:1000/);
    await refused({ name: "kind", idempotencyWindowMs: 86_400_001 }, /can not exceed 24 hours/);
    await refused(
      { name: "kind", retentionValue: 60, idempotencyWindowMs: 61_000 },
      /greater than the station retention/,
    );
    await refused({ name: "kind", schemaName: "nowhere" }, /Schema nowhere does not exist/);
    await refused({ name: "kind", replicas: 3 }, /kind: /);
    assert.equal(memphis.isConnected(), true);
  });
});
