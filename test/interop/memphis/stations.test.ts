import assert from "node:assert/strict";
import { test } from "node:test";
import { Stations } from "@oxbow/platform";
import type { Memphis } from "memphis-dev";
import { openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";
import { MemphisDoor, refuses } from "./memphis-door.ts";

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
