import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { HttpScene } from "./http-scene.ts";

interface Result {
  readonly partition: number;
  readonly sequence: number;
  readonly isDuplicate: boolean;
  readonly messageId: string | null;
  readonly problem?: { readonly code: string; readonly status: number };
}

interface Report {
  readonly stored: number;
  readonly failed: number;
  readonly results: readonly Result[];
}

async function batch(
  http: HttpScene,
  station: string,
  messages: readonly unknown[],
): Promise<Report> {
  const path = `/stations/${station}/messages/batch`;
  const { body } = await http.ask("POST", path, { body: { messages } });
  return body as Report;
}

/** Goal: a batch to a station whose way is known goes out as one piece, and means what each of its messages would alone. */
suite("batches over HTTP, once the way to the station is known", () => {
  test("many messages are kept in their order, without ids", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders");
    await batch(http, "orders", [{ value: 0 }]);
    const values = Array.from({ length: 5_000 }, (_, i) => ({ value: { number: i, text: "ü" } }));
    const both = await Promise.all([
      batch(http, "orders", values),
      batch(http, "orders", values.slice(0, 10)),
    ]);
    for (const { stored, results } of both) {
      assert.equal(stored, results.length);
      assert.deepEqual(new Set(results.map(({ messageId }) => messageId)), new Set([null]));
      const first = results[0]?.sequence ?? 0;
      assert.deepEqual(
        results.map(({ sequence }) => sequence),
        results.map((_, i) => first + i),
      );
    }
    const at = (both[0].results[4_999] as Result).sequence;
    const last = await http.get("GET", `/stations/orders/partitions/1/messages/${at}`);
    assert.deepEqual(JSON.parse(last.payload), { number: 4_999, text: "ü" });
    assert.equal(last.messageId, null);
  });

  test("keys, ids, headers, partitions and times are as of single messages", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders", { body: { partitions: 3 } });
    await batch(http, "orders", [{ value: 0, partition: 3 }]);
    const { results } = await batch(http, "orders", [
      { value: "a", key: "eu.ä", messageId: "one", headers: { Farbe: "grün" } },
      { value: "b", partition: 2, ttlMs: 60_000 },
      { value: "c", messageId: "one", key: "eu.ä" },
      { value: "d", delayMs: 3_600_000 },
      { value: "e", partition: 9 },
      { value: "f", key: "no key" },
    ]);
    const [a, b, c, d, e, f] = results;
    assert.deepEqual([a?.messageId, a?.isDuplicate], ["one", false]);
    assert.equal(b?.partition, 2);
    assert.deepEqual(
      [c?.isDuplicate, c?.partition, c?.sequence],
      [true, a?.partition, a?.sequence],
    );
    assert.ok((d?.sequence ?? 0) > 0);
    assert.deepEqual([e?.problem?.status, f?.problem?.status], [422, 422]);
    const stored = await http.get(
      "GET",
      `/stations/orders/partitions/${a?.partition}/messages/${a?.sequence}`,
    );
    assert.deepEqual([stored.key, stored.headers.Farbe], ["eu.ä", ["grün"]]);
  });

  test("messages that are the same by their content are stored once", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders", { body: { duplicatesBy: "content" } });
    await batch(http, "orders", [{ value: 0 }]);
    const { results } = await batch(http, "orders", [{ value: 1 }, { value: 0 }, { value: 1 }]);
    assert.deepEqual(
      results.map(({ isDuplicate }) => isDuplicate),
      [false, true, true],
    );
  });

  test("what does not fit, has no room or has gone elsewhere is told message by message", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/small", { body: { maxMessages: 3, discard: "new" } });
    await batch(http, "small", [{ value: 0 }]);
    const codes = ({ results }: Report): (string | undefined)[] =>
      results.map(({ problem }) => problem?.code);
    const large = { value: "x".repeat(2 ** 20) };
    assert.deepEqual(codes(await batch(http, "small", [{ value: 1 }, large, { value: 2 }])), [
      undefined,
      "MESSAGE_TOO_LARGE",
      undefined,
    ]);
    assert.deepEqual(codes(await batch(http, "small", [{ value: 3 }])), ["STATION_FULL"]);
    await http.get("DELETE", "/stations/small");
    assert.deepEqual(codes(await batch(http, "small", [{ value: 4 }, { value: 5 }])), [
      "STATION_NOT_FOUND",
      "STATION_NOT_FOUND",
    ]);
    await http.get("PUT", "/stations/small", { body: { partitions: 2 } });
    const moved = await batch(http, "small", [{ value: 6 }, { value: 7 }]);
    assert.deepEqual(codes(moved), [undefined, undefined]);
  });
});
