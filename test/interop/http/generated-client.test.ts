import assert from "node:assert/strict";
import { test } from "node:test";
import { basic, HttpScene } from "./http-scene.ts";
import { ApiDocument } from "./support/document.ts";
import { everyCall } from "./support/every-call.ts";
import { GeneratedClient } from "./support/generated-client.ts";

/**
 * Goal: programs can go by the document alone. Method: a client is generated of it, checked by the compiler, and asks for
 * every operation once, with success; each answer is held against the document. A route that is not called here fails.
 */
test("a client that is generated of the document calls every route", async () => {
  await using http = await HttpScene.open({ auth: true });
  const { owner } = http.scene.server;
  assert.ok(owner !== undefined);
  const document = await ApiDocument.of(http.url);
  const called = new Set<string>();
  const credentials = basic(owner.user, owner.password);
  let cookie: string | undefined;

  const send: typeof fetch = async (input, init) => {
    const url = String(input);
    const method = init?.method ?? "GET";
    const operation = document.find(method, new URL(url).pathname);
    assert.ok(operation !== undefined, `${method} ${url} is in the document`);
    const headers = new Headers(init?.headers);
    const isOfBrowser = operation.operationId.startsWith("session.");
    if (!isOfBrowser) headers.set("authorization", credentials.authorization ?? "");
    if (isOfBrowser && cookie !== undefined) headers.set("cookie", cookie);
    const answer = await fetch(url, { ...init, headers });
    const [given] = answer.headers.getSetCookie();
    if (operation.operationId === "session.begin") cookie = given?.split(";", 1)[0];
    const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") === true;
    const text = isStream ? "" : await answer.text();
    if (isStream) await answer.body?.cancel();
    const name = `${operation.operationId} ${answer.status} ${text.slice(0, 500)}`;
    assert.ok(answer.ok, name);
    const isJson = answer.headers.get("content-type")?.startsWith("application/json") === true;
    if (isJson) document.checkAnswer(operation, answer.status, JSON.parse(text));
    called.add(operation.operationId);
    return new Response(text === "" ? null : text, {
      status: answer.status,
      headers: answer.headers,
    });
  };

  await using client = await GeneratedClient.of(document.text, http.url, send);
  const uncalled = () => document.operations.filter(({ operationId }) => !called.has(operationId));
  const unread = () => uncalled().filter(({ method }) => method === "GET");
  await everyCall(client.calls, http, owner, unread);
  const missing = uncalled().map(({ operationId }) => operationId);
  assert.deepEqual(missing, [], "every-call.ts calls each operation");
});
