import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { EventReader } from "./event-reader.ts";
import { HttpScene } from "./http-scene.ts";

/** Sends and reads bytes as they are. */
async function raw(
  http: HttpScene,
  method: string,
  path: string,
  { body, headers = {} }: { body?: string | Buffer; headers?: Record<string, string> } = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(`${http.url}/api/v1${path}`, {
    method,
    headers: { connection: "close", ...headers },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

suite("keys and values over HTTP", () => {
  test("buckets are made, listed, told of and deleted", async () => {
    await using http = await HttpScene.open();
    const made = await http.get("PUT", "/kv/settings", {
      body: { history: 5, description: "All of them", maxAgeMs: 60_000, maxValueBytes: 100 },
    });
    assert.deepEqual([made.name, made.history, made.maxAgeMs], ["settings", 5, 60_000]);
    await http.get("PUT", "/kv/settings", {
      body: { history: 5, description: "All of them", maxAgeMs: 60_000, maxValueBytes: 100 },
    });
    await http.refuses(409, "BUCKET_EXISTS", ["PUT", "/kv/settings", { body: { history: 2 } }]);
    await http.get("PUT", "/kv/other");
    await http.get("PUT", "/kv/third");
    const first = await http.get("GET", "/kv?limit=2");
    assert.deepEqual(
      first.items.map(({ name }: { name: string }) => name),
      ["other", "settings"],
    );
    assert.deepEqual([first.total, first.next], [3, "settings"]);
    const rest = await http.get("GET", `/kv?limit=2&after=${first.next}`);
    assert.deepEqual([rest.items.length, rest.next], [1, null]);
    assert.equal((await http.get("GET", "/kv/settings")).description, "All of them");
    assert.equal((await http.get("DELETE", "/kv/settings")).isDeleted, true);
    assert.equal((await http.get("DELETE", "/kv/settings")).isDeleted, false);
    await http.refuses(404, "BUCKET_NOT_FOUND", ["GET", "/kv/settings"]);
    await http.refuses(400, "HTTP_REQUEST_INVALID", ["PUT", "/kv/a%20b"]);
    await http.refuses(400, "API_REQUEST_INVALID", ["PUT", "/kv/a", { body: { colour: 1 } }]);
  });

  test("a value has a revision, by which it is changed only as it was seen", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/kv/settings", { body: { history: 10, maxValueBytes: 100 } });
    const path = "/kv/settings/keys/web.theme";
    const created = await raw(http, "PUT", path, {
      body: "dark",
      headers: { "if-none-match": "*" },
    });
    assert.deepEqual([created.status, created.headers.get("etag")], [200, '"1"']);
    const again = await raw(http, "PUT", path, { body: "x", headers: { "if-none-match": "*" } });
    assert.equal(again.status, 412);
    const bytes = Buffer.from([0, 255]);
    const changed = await raw(http, "PUT", path, { body: bytes, headers: { "if-match": '"1"' } });
    assert.equal(JSON.parse(changed.text).revision, 2);
    const late = await raw(http, "PUT", path, { body: "x", headers: { "if-match": '"1"' } });
    assert.deepEqual([late.status, JSON.parse(late.text).code], [412, "REVISION_MISMATCH"]);
    await raw(http, "PUT", path, { body: "light" });

    const now = await raw(http, "GET", path);
    assert.deepEqual([now.text, now.headers.get("etag")], ["light", '"3"']);
    // Whatever somebody stores is no page of the console's.
    assert.match(now.headers.get("content-security-policy") ?? "", /sandbox/);
    assert.equal(now.headers.get("content-disposition"), "attachment");
    const same = await raw(http, "GET", path, { headers: { "if-none-match": '"3"' } });
    assert.equal(same.status, 304);
    assert.equal((await raw(http, "GET", `${path}?revision=1`)).text, "dark");

    const gone = await raw(http, "DELETE", path, { headers: { "if-match": '"1"' } });
    assert.equal(gone.status, 412);
    assert.equal((await http.get("DELETE", path)).isDeleted, true);
    assert.equal((await http.get("DELETE", path)).isDeleted, false);
    assert.equal((await raw(http, "GET", path)).status, 404);
    const { items } = await http.get("GET", `${path}/history`);
    assert.deepEqual(
      items.map((each: { operation: string; payload: string; encoding: string }) => [
        each.operation,
        each.payload,
        each.encoding,
      ]),
      [
        ["put", "dark", "text"],
        ["put", bytes.toString("base64"), "base64"],
        ["put", "light", "text"],
        ["delete", "", "text"],
      ],
    );
    assert.equal((await http.get("DELETE", `${path}?purge=true`)).isDeleted, true);
    assert.equal((await http.get("GET", `${path}/history`)).items.length, 1);

    const large = await raw(http, "PUT", path, { body: "x".repeat(200) });
    assert.equal(large.status, 413);
    await http.refuses(404, "BUCKET_NOT_FOUND", ["GET", "/kv/nothing/keys/a"]);
    await http.refuses(404, "KEY_NOT_FOUND", ["GET", "/kv/settings/keys/nothing"]);
    await http.refuses(400, "HTTP_REQUEST_INVALID", ["GET", "/kv/settings/keys/a%20b"]);
    const wrong = await raw(http, "PUT", path, { body: "x", headers: { "if-match": "W/abc" } });
    assert.equal(wrong.status, 400);
  });

  test("keys are listed by name, page by page, as far as they are looked for", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/kv/many");
    assert.deepEqual((await http.get("GET", "/kv/many/keys")).items, []);
    for (const key of ["b.2", "a.1", "c", "b.1", "gone", "path%2Fto"]) {
      await raw(http, "PUT", `/kv/many/keys/${key}`, { body: "12345" });
    }
    await http.get("DELETE", "/kv/many/keys/gone");
    const list = async (query: string): Promise<readonly [string[], number, string | null]> => {
      const { items, total, next } = await http.get("GET", `/kv/many/keys?${query}`);
      return [items.map(({ key }: { key: string }) => key), total, next];
    };
    assert.deepEqual(await list("limit=3"), [["a.1", "b.1", "b.2"], 5, "b.2"]);
    assert.deepEqual(await list("limit=3&after=b.2"), [["c", "path/to"], 5, null]);
    assert.deepEqual(await list("filter=b.*"), [["b.1", "b.2"], 2, null]);
    assert.deepEqual(await list("search=.1"), [["a.1", "b.1"], 2, null]);
    assert.deepEqual(await list("filter=nothing"), [[], 0, null]);
    const [first] = (await http.get("GET", "/kv/many/keys")).items;
    assert.deepEqual([first.revision, first.bytes], [2, 5]);
    await http.refuses(400, "HTTP_REQUEST_INVALID", ["GET", "/kv/many/keys?filter=a..b"]);
  });

  test("a watch tells of the last values, then of changes, and goes on where it was left", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/kv/settings");
    await raw(http, "PUT", "/kv/settings/keys/a", { body: "1" });
    await raw(http, "PUT", "/kv/settings/keys/a", { body: "2" });
    const watched: string[] = [];
    await using watch = await EventReader.open(`${http.url}/api/v1/kv/settings/watch`);
    const note = async (count: number, reader: EventReader): Promise<void> => {
      for (let i = 0; i < count; i++) {
        const { id, data } = await reader.next("entry");
        watched.push(`${id} ${data.key} ${data.operation} ${data.payload}`);
      }
    };
    await note(1, watch);
    await raw(http, "PUT", "/kv/settings/keys/b", { body: "3" });
    await http.get("DELETE", "/kv/settings/keys/a");
    await note(2, watch);
    assert.deepEqual(watched.splice(0), ["2 a put 2", "3 b put 3", "4 a delete "]);
    await using later = await EventReader.open(`${http.url}/api/v1/kv/settings/watch?key=a`, {
      "last-event-id": "3",
    });
    await note(1, later);
    assert.deepEqual(watched, ["4 a delete "]);
    await http.refuses(404, "BUCKET_NOT_FOUND", ["GET", "/kv/nothing/watch"]);
  });
});
