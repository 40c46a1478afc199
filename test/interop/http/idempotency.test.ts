import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { basic, bearer, HttpScene } from "./http-scene.ts";

suite("asking again over HTTP", () => {
  test("with the same key, what was answered is answered again, and done once", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/users/ann", { body: { role: "viewer" } });
    const owner = http.scene.server.consoleOwner;
    assert.ok(owner !== undefined);
    const begun = await http.ask("POST", "/session", {
      body: owner && { user: owner.user, password: owner.password },
    });
    const [cookie = ""] = begun.headers.getSetCookie();
    const headers = { cookie: cookie.split(";", 1)[0] ?? "", "sec-fetch-site": "same-origin" };
    const keyed = { headers: { ...headers, "idempotency-key": "one" }, body: { description: "a" } };
    const first = await http.ask("POST", "/users/ann/keys", keyed);
    const again = await http.ask("POST", "/users/ann/keys", keyed);
    assert.deepEqual(again.body, first.body);
    assert.deepEqual(
      [again.status, again.headers.get("idempotency-replayed")],
      [first.status, "true"],
    );
    assert.equal((await http.get("GET", "/users/ann", { headers })).keys.length, 1);
    // Quoted as the draft has it, it is the same key.
    const quoted = { ...keyed, headers: { ...headers, "idempotency-key": '"one"' } };
    assert.deepEqual((await http.ask("POST", "/users/ann/keys", quoted)).body, first.body);

    const other = { ...keyed, body: { description: "b" } };
    await http.refuses(422, "IDEMPOTENCY_KEY_REUSED", ["POST", "/users/ann/keys", other]);
    await http.refuses(422, "IDEMPOTENCY_KEY_REUSED", ["PUT", "/stations/x", keyed]);
    const wrong = { ...keyed, headers: { ...headers, "idempotency-key": "x".repeat(256) } };
    await http.refuses(400, "IDEMPOTENCY_KEY_INVALID", ["POST", "/users/ann/keys", wrong]);
  });

  test("what was refused is asked anew, and keys are of who asks", async () => {
    await using http = await HttpScene.open({ auth: true });
    const { owner } = http.scene.server;
    assert.ok(owner !== undefined);
    const root = basic(owner.user, owner.password);
    const key = { "idempotency-key": "k" };
    const edit = { headers: { ...root, ...key }, body: { description: "d" } };
    await http.refuses(404, "STATION_NOT_FOUND", ["PATCH", "/stations/orders", edit]);
    await http.get("PUT", "/stations/orders", { headers: root });
    assert.equal((await http.get("PATCH", "/stations/orders", edit)).settings.description, "d");

    await http.get("PUT", "/users/ann", { headers: root, body: { role: "viewer" } });
    const { secret } = await http.get("POST", "/users/ann/keys", { headers: root, body: {} });
    const asAnn = { ...edit, headers: { ...bearer(secret), ...key } };
    await http.refuses(403, "ACCESS_DENIED", ["PATCH", "/stations/orders", asAnn]);
  });

  test("while the first is under way, another waits", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders");
    const headers = { "idempotency-key": "k" };
    // A fetch is under way for as long as it waits for messages.
    const fetching = http.ask("POST", "/stations/orders/groups/g/fetch", {
      headers,
      body: { count: 1, waitMs: 20_000 },
    });
    for (let isWaiting = false; !isWaiting; ) {
      const found = await http.ask("GET", "/stations/orders/groups/g");
      isWaiting = found.status === 200;
    }
    const body = { count: 1, waitMs: 20_000 };
    await http.refuses(409, "IDEMPOTENCY_KEY_BUSY", [
      "POST",
      "/stations/orders/groups/g/fetch",
      { headers, body },
    ]);
    const message = { body: { id: 1 } };
    await http.ask("POST", "/stations/orders/messages", message);
    const first = await fetching;
    const again = await http.ask("POST", "/stations/orders/groups/g/fetch", { headers, body });
    assert.deepEqual(again.body, first.body);
    assert.equal(first.body.messages.length, 1);
  });
});
