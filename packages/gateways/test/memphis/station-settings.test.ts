import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memphisName } from "../../src/memphis/control/names.ts";
import { stationSettings } from "../../src/memphis/control/station-settings.ts";

describe("stations that Memphis SDKs ask for", () => {
  const settingsOf = (request: object): unknown =>
    stationSettings({ name: "a", partitions_number: 1, ...request });

  test("have what Memphis makes of it", () => {
    const defaults = {
      maxAgeMs: 3_600_000,
      partitions: 1,
      storage: "file",
      replicas: 1,
      deadLetterReasons: ["exhausted", "terminated", "refused"],
      duplicateWindowMs: 120_000,
    };
    assert.deepEqual(settingsOf({}), defaults);
    assert.deepEqual(settingsOf({ retention_value: -1, replicas: 0 }), defaults);
    assert.deepEqual(settingsOf({ retention_type: "message_age_sec", retention_value: 60 }), {
      ...defaults,
      maxAgeMs: 60_000,
      duplicateWindowMs: 60_000,
    });
    for (const [asked, given] of [
      [2, 3],
      [3, 3],
      [4, 3],
      [9, 5],
    ]) {
      assert.deepEqual(settingsOf({ replicas: asked }), { ...defaults, replicas: given });
    }
  });

  test("say which messages become dead letters", () => {
    const reasons = (dls_configuration: object): unknown =>
      (settingsOf({ dls_configuration }) as { deadLetterReasons: unknown }).deadLetterReasons;
    assert.deepEqual(reasons({ poison: false, Schemaverse: true }), ["refused"]);
    assert.deepEqual(reasons({ schemaverse: false }), ["exhausted", "terminated"]);
    assert.deepEqual(reasons({ poison: false, Schemaverse: false }), []);
  });

  test("have a number of partitions that there can be", () => {
    assert.throws(() => settingsOf({ partitions_number: 0 }), /old SDK/);
    assert.throws(() => settingsOf({ partitions_number: -1 }), /with -1 partitions/);
    assert.throws(() => settingsOf({ partitions_number: 1.5 }), /with 1.5 partitions/);
  });

  test("have a name that there can be", () => {
    assert.equal(memphisName("Station", "My.Station"), "my.station");
    assert.throws(() => memphisName("Station", "x".repeat(129)), /under 128 characters/);
    assert.throws(() => memphisName("Schema", "a-"), /Schema name can not start or end/);
  });
});
