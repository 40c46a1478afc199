import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { jetstreamManager } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";
import { HttpScene } from "./http-scene.ts";

interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

async function raw(
  http: HttpScene,
  method: string,
  path: string,
  {
    body,
    headers = {},
  }: { body?: string | Buffer | ReadableStream; headers?: Record<string, string> } = {},
): Promise<Sent> {
  const response = await fetch(`${http.url}/api/v1${path}`, {
    method,
    headers: { connection: "close", ...headers },
    ...(body !== undefined && { body, duplex: "half" }),
  } as RequestInit);
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes };
}

suite("objects over HTTP", () => {
  test("an object goes in and comes out as a stream, with its type and revision", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/objects/files", { body: { description: "Files", maxAgeMs: 60_000 } });
    await http.refuses(409, "BUCKET_EXISTS", ["PUT", "/objects/files", { body: { maxAgeMs: 1 } }]);
    assert.deepEqual((await http.get("GET", "/objects/files/objects")).items, []);
    const path = "/objects/files/objects/reports%2F%C3%BCber%20all.html";
    const bytes = Buffer.alloc(3 * 1024 * 1024 + 7, "0123456789abcdef");
    const type = { "content-type": "text/html" };
    const put = await raw(http, "PUT", `${path}?description=All`, { body: bytes, headers: type });
    const info = JSON.parse(put.bytes.toString());
    assert.deepEqual(
      [put.status, info.name, info.bytes],
      [200, "reports/über all.html", bytes.length],
    );
    const got = await raw(http, "GET", path);
    assert.equal(got.bytes.compare(bytes), 0);
    assert.equal(got.headers.get("content-type"), "text/html");
    // It must not run as a page of the console's.
    assert.match(got.headers.get("content-security-policy") ?? "", /sandbox/);
    assert.match(got.headers.get("content-disposition") ?? "", /^attachment; .*%C3%BCber%20all/);
    const tag = got.headers.get("etag") ?? "";
    assert.equal((await raw(http, "GET", path, { headers: { "if-none-match": tag } })).status, 304);
    const told = await http.get("GET", `${path}/info`);
    assert.deepEqual([told.description, told.contentType], ["All", "text/html"]);

    const late = await raw(http, "PUT", path, { body: "x", headers: { "if-none-match": "*" } });
    assert.equal(late.status, 412);
    const small = await raw(http, "PUT", path, { body: "small", headers: { "if-match": tag } });
    assert.equal(small.status, 200);
    assert.equal((await raw(http, "GET", path)).bytes.toString(), "small");
    await raw(http, "PUT", "/objects/files/objects/empty", { body: "" });
    assert.equal((await raw(http, "GET", "/objects/files/objects/empty")).bytes.length, 0);
    const list = await http.get("GET", "/objects/files/objects?limit=1");
    assert.deepEqual([list.items[0].name, list.total, list.next], ["empty", 2, "empty"]);
    assert.equal((await http.get("DELETE", path)).isDeleted, true);
    assert.equal((await http.get("DELETE", path)).isDeleted, false);
    await http.refuses(404, "OBJECT_NOT_FOUND", ["GET", path]);
    assert.equal((await http.get("GET", "/objects/files/objects")).total, 1);
    assert.equal((await http.get("GET", "/objects?search=file")).items[0].name, "files");
    assert.ok((await http.get("GET", "/objects/files")).bytes > 0);
    assert.equal((await http.get("DELETE", "/objects/files")).isDeleted, true);
    await http.refuses(404, "BUCKET_NOT_FOUND", ["GET", "/objects/files/objects/empty"]);
  });

  test("objects of other clients are read, also by another name, and those that are damaged are not", async () => {
    await using http = await HttpScene.open();
    const connection = await http.scene.connect();
    const store = await new Objm(connection).create("shared");
    const info = await store.putBlob({ name: "a" }, Buffer.from("from a client"));
    await store.link("b", info);
    assert.equal(
      (await raw(http, "GET", "/objects/shared/objects/b")).bytes.toString(),
      "from a client",
    );
    const listed = await http.get("GET", "/objects/shared/objects");
    assert.deepEqual(listed.items[1].link, { bucket: "shared", name: "a" });
    const manager = await jetstreamManager(connection);
    const subject = `$O.shared.M.${Buffer.from("a").toString("base64url")}==`;
    const stored = await manager.streams.getMessage("OBJ_shared", { last_by_subj: subject });
    assert.ok(stored !== null);
    const changed = {
      ...(stored.json() as object),
      digest: `SHA-256=${Buffer.alloc(32).toString("base64url")}=`,
    };
    await connection.request(stored.subject, JSON.stringify(changed));
    await http.refuses(500, "OBJECT_CORRUPT", ["GET", "/objects/shared/objects/a"]);
  });

  test("an object that stops coming is not stored", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/objects/files");
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.alloc(300_000));
        controller.error(new Error("gone"));
      },
    });
    await assert.rejects(raw(http, "PUT", "/objects/files/objects/half", { body }));
    await http.refuses(404, "OBJECT_NOT_FOUND", ["GET", "/objects/files/objects/half"]);
  });
});
