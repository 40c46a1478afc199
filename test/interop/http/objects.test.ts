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

  test("names in any language are those of clients in Go, and what the client for JavaScript has stored is found", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/objects/files");
    const connection = await http.scene.connect();
    const store = await new Objm(connection).open("files");
    await store.putBlob({ name: "früh" }, Buffer.from("by JavaScript"));
    const early = `/objects/files/objects/${encodeURIComponent("früh")}`;
    assert.equal((await raw(http, "GET", early)).bytes.toString(), "by JavaScript");
    await raw(http, "PUT", early, { body: "once more" });
    assert.equal(Buffer.from((await store.getBlob("früh")) ?? []).toString(), "once more");
    assert.equal((await http.get("DELETE", early)).isDeleted, true);
    const far = `/objects/files/objects/${encodeURIComponent("遠い 📦")}`;
    assert.equal((await raw(http, "PUT", far, { body: "far" })).status, 200);
    assert.equal((await raw(http, "GET", far)).bytes.toString(), "far");
    const { items } = await http.get("GET", "/objects/files/objects");
    assert.deepEqual(
      items.map(({ name }: { name: string }) => name),
      ["遠い 📦"],
    );
    const manager = await jetstreamManager(connection);
    const last_by_subj = `$O.files.M.${Buffer.from("遠い 📦").toString("base64url")}=`;
    await connection.request(last_by_subj, "no description");
    await http.refuses(404, "OBJECT_NOT_FOUND", ["GET", far]);
    assert.equal((await raw(http, "PUT", far, { body: "healed" })).status, 200);
    assert.ok(await manager.streams.getMessage("OBJ_files", { last_by_subj }));
  });

  test("of those who store a name at a time the last one is there whole, and nothing of the others", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/objects/files");
    const connection = await http.scene.connect();
    const manager = await jetstreamManager(connection);
    const pieces = async (): Promise<Readonly<Record<string, number>>> => {
      const question = { subjects_filter: "$O.files.C.>" };
      return (await manager.streams.info("OBJ_files", question)).state.subjects ?? {};
    };
    const store = await new Objm(connection).open("files");
    const path = "/objects/files/objects/report";
    const only = { "if-none-match": "*" };
    for (const [headers, statuses] of [
      [only, [200, 412]],
      [{}, [200, 200]],
    ] as const) {
      const uploads = ["one", "two"].map((text) => slowly(http, path, text, headers));
      // Both are under way before the first is whole.
      while (Object.values(await pieces()).filter((count) => count >= 2).length < 2);
      for (const { end } of uploads) end();
      const answers = await Promise.all(uploads.map(({ answer }) => answer));
      assert.deepEqual(answers.map(({ status }) => status).sort(), statuses);
      const text = (await raw(http, "GET", path)).bytes.toString();
      assert.ok(["one", "two"].some((each) => text === each.repeat(3 * repeats)));
      assert.equal(Buffer.from((await store.getBlob("report")) ?? []).toString(), text);
      const { nuid } = (await store.info("report")) ?? {};
      assert.deepEqual(Object.keys(await pieces()), [`$O.files.C.${nuid}`]);
      assert.equal((await http.get("DELETE", path)).isDeleted, true);
    }
    assert.deepEqual(await pieces(), {});
    // What was deleted is none, also for who demands that.
    assert.equal((await raw(http, "PUT", path, { body: "x", headers: only })).status, 200);
  });
});

/** As many of three letters as make more than a piece. */
const repeats = 50_000;

/** Uploads a text in three parts, of which the last comes when it is told to. */
function slowly(
  http: HttpScene,
  path: string,
  text: string,
  headers: Readonly<Record<string, string>>,
): { readonly answer: Promise<Sent>; readonly end: () => void } {
  const part = Buffer.from(text.repeat(repeats));
  const held = Promise.withResolvers<void>();
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(part);
      controller.enqueue(part);
      await held.promise;
      controller.enqueue(part);
      controller.close();
    },
  });
  return { answer: raw(http, "PUT", path, { body, headers }), end: held.resolve };
}
