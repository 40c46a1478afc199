import assert from "node:assert/strict";
import { test } from "node:test";
import { bearer, HttpScene } from "./http-scene.ts";

type Asked = readonly [operation: string, method: string, path: string, body?: string];

/** What is asked of a bucket and of a store that are there, each with a key or an object; what deletes comes last. */
const asked: readonly Asked[] = [
  ["kv.list", "GET", "/kv"],
  ["kv.get", "GET", "/kv/settings"],
  ["kv.keys", "GET", "/kv/settings/keys"],
  ["kv.getValue", "GET", "/kv/settings/keys/colour"],
  ["kv.history", "GET", "/kv/settings/keys/colour/history"],
  ["kv.watch", "GET", "/kv/settings/watch"],
  ["kv.create", "PUT", "/kv/others", "{}"],
  ["kv.putValue", "PUT", "/kv/settings/keys/colour", "green"],
  ["kv.deleteValue", "DELETE", "/kv/settings/keys/colour"],
  ["kv.delete", "DELETE", "/kv/settings"],
  ["objectStore.list", "GET", "/objects"],
  ["objectStore.get", "GET", "/objects/files"],
  ["object.list", "GET", "/objects/files/objects"],
  ["object.info", "GET", "/objects/files/objects/photo/info"],
  ["object.get", "GET", "/objects/files/objects/photo"],
  ["objectStore.create", "PUT", "/objects/others", "{}"],
  ["object.put", "PUT", "/objects/files/objects/photo", "bytes"],
  ["object.delete", "DELETE", "/objects/files/objects/photo"],
  ["objectStore.delete", "DELETE", "/objects/files"],
];

const users: Readonly<Record<string, object>> = {
  "a reader of all": { role: "viewer" },
  "a reader of some": { role: "viewer", read: ["prod.*"], write: [] },
  "an operator": { role: "operator" },
  "an admin": { role: "admin" },
  "an application that reads": { read: ["*"] },
  "an application that writes": { write: ["*"] },
  "an application of a bucket": { read: ["KV_settings"], write: ["KV_settings"] },
  "an owner": { role: "owner" },
};

/**
 * Goal: what `platform.caller` says that somebody may do with buckets and objects is what he may. Method: users of each
 * kind are told, and then ask for all of it.
 */
test("what somebody may do with buckets and objects is what it is told", async () => {
  await using http = await HttpScene.open();
  await prepare(http);
  for (const [who, request] of Object.entries(users)) {
    const user = `/users/${who.replaceAll(" ", "-")}`;
    await http.get("PUT", user, { body: request });
    const headers = bearer((await http.get("POST", `${user}/keys`, { body: {} })).secret);
    const caller = await http.get("GET", "/caller", { headers });
    const done: string[] = [];
    for (const [operation, method, path, body] of asked) {
      const isAllowed = await isDone(http, method, path, headers, body);
      if (isAllowed) done.push(operation);
      if (isAllowed && method === "DELETE") await prepare(http);
    }
    assert.deepEqual([...caller.storage].sort(), done.sort(), who);
    if (who === "an owner") assert.equal(done.length, asked.length);
  }
});

async function prepare(http: HttpScene): Promise<void> {
  const put = async (path: string, body: string, type: string): Promise<void> => {
    const headers = { "content-type": type, connection: "close" };
    const answer = await fetch(`${http.url}/api/v1${path}`, { method: "PUT", headers, body });
    assert.equal(answer.status, 200, await answer.text());
  };
  await put("/kv/settings", "{}", "application/json");
  await put("/kv/settings/keys/colour", "red", "text/plain");
  await put("/objects/files", "{}", "application/json");
  await put("/objects/files/objects/photo", "bytes", "text/plain");
}

/** Whether something is done; what is not must be refused for want of a right. */
async function isDone(
  http: HttpScene,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<boolean> {
  const type = body === "{}" ? "application/json" : "text/plain";
  const answer = await fetch(`${http.url}/api/v1${path}`, {
    method,
    headers: {
      ...headers,
      connection: "close",
      ...(body !== undefined && { "content-type": type }),
    },
    ...(body !== undefined && { body }),
  });
  if (answer.headers.get("content-type")?.startsWith("text/event-stream") === true) {
    const text = await firstOf(answer);
    return !text.includes("ACCESS_DENIED");
  }
  const text = await answer.text();
  if (answer.ok) return true;
  assert.equal(answer.status, 403, `${method} ${path}: ${text}`);
  return false;
}

async function firstOf({ body }: Response): Promise<string> {
  assert.ok(body);
  const reader = body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return Buffer.from(value ?? []).toString();
}
