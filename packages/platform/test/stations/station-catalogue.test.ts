import assert from "node:assert/strict";
import { test } from "node:test";
import type { Station } from "oxbow/internal";
import { readSettings } from "oxbow/internal";
import { StationCatalogue } from "../../src/stations/station-catalogue.ts";

function station(name: string, stored: number): Station {
  const partition = { number: 1, stream: name, messages: stored, bytes: 0, firstSequence: 1 };
  return {
    name,
    isManaged: true,
    isInternal: false,
    settings: readSettings({}),
    createdAt: "2026-11-20T12:00:00.000Z",
    partitions: [{ ...partition, lastSequence: stored, consumers: 0, takesResent: true }],
    problems: [],
    messages: stored,
    bytes: 0,
  };
}

/** A catalogue of stations, and how often they were listed; listing them can be held up. */
class Desk {
  nowMs = 0;
  stations: readonly Station[] = [];
  listings = 0;
  held: PromiseWithResolvers<void> | undefined = undefined;
  readonly catalogue: StationCatalogue = new StationCatalogue(
    async () => {
      const { stations } = this;
      this.listings++;
      await this.held?.promise;
      return stations;
    },
    () => this.nowMs,
  );

  async all(ageMsMax: number): Promise<string[]> {
    return (await this.catalogue.all(ageMsMax)).map(({ station: { name } }) => name);
  }
}

test("stations are read once for all who may have what is a moment old", async () => {
  const desk = new Desk();
  desk.stations = [station("a", 0)];
  assert.deepEqual(await desk.all(1_000), ["a"]);
  desk.stations = [station("a", 0), station("b", 0)];
  desk.nowMs = 1_000;
  assert.deepEqual(await desk.all(1_000), ["a"]);
  desk.nowMs = 1_001;
  const both = await Promise.all([desk.all(1_000), desk.all(1_000)]);
  assert.deepEqual(both, [
    ["a", "b"],
    ["a", "b"],
  ]);
  assert.equal(desk.listings, 2);
  desk.stations = [];
  assert.deepEqual(await desk.all(0), []);
});

test("what is changed while stations are read is not forgotten", async () => {
  const desk = new Desk();
  desk.stations = [station("a", 0), station("b", 0)];
  desk.held = Promise.withResolvers();
  const answer = desk.all(1_000);
  desk.catalogue.tell([
    ["b", undefined],
    ["c", station("c", 0)],
  ]);
  desk.held.resolve();
  assert.deepEqual(await answer, ["a", "c"]);
});

test("what comes in a second is known from the second look on", async () => {
  const desk = new Desk();
  desk.stations = [station("a", 10)];
  await desk.all(0);
  const rate = (): number | null | undefined => desk.catalogue.entry("a")?.messagesPerSecond;
  assert.equal(rate(), null);
  desk.nowMs = 999;
  desk.catalogue.tell([["a", station("a", 500)]]);
  assert.equal(rate(), null, "too soon to tell");
  desk.nowMs = 2_000;
  desk.catalogue.tell([["a", station("a", 1_010)]]);
  assert.equal(rate(), 500);
  desk.catalogue.tell([["a", station("a", 3)]]);
  assert.equal(rate(), null, "it is another one");
});
