import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { suite, test } from "node:test";
import { readStamp } from "oxbow/internal";
import { basic, HttpScene } from "../http/http-scene.ts";

/** Goal: the endpoints of Memphis' REST gateway are as they were, but that success is the truth. Method: a server with that
 * door, and what its users send. */
interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  readonly body: any;
}

async function post(
  http: HttpScene,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const { memphisRestPort } = http.scene.server;
  const answer = await fetch(`http://127.0.0.1:${memphisRestPort}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", connection: "close", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

async function authenticated(
  http: HttpScene,
  credentials: unknown,
): Promise<{ readonly authorization: string }> {
  const { status, body } = await post(http, "/auth/authenticate", credentials);
  assert.equal(status, 200, JSON.stringify(body));
  return { authorization: `Bearer ${body.jwt}` };
}

suite("the REST gateway of Memphis", () => {
  test("produces and consumes, one by one and in batches", async () => {
    await using http = await HttpScene.open({ memphisRestPort: "0" });
    const token = await authenticated(http, { username: "root", password: "memphis" });
    const produced = { status: 200, body: { success: true, error: null } };
    const single = "/stations/Orders/produce/single";
    const told = {
      ...token,
      "x-colour": "red",
      cookie: "a=b",
      "msg-id": "m-1",
      "oxbow-stamp": "door=forged",
      "nats-msg-id": "x",
    };
    assert.deepEqual(await post(http, single, '{"id": 1}', told), produced);
    assert.deepEqual(await post(http, single, '{"id": 1}', told), produced);
    const text = { ...token, "content-type": "text/plain" };
    assert.deepEqual(await post(http, single, "hi", text), produced);
    assert.deepEqual(
      await post(http, "/stations/orders/produce/batch", [{ id: 2 }, "x"], token),
      produced,
    );
    assert.equal((await http.get("GET", "/stations/orders")).messages, 4);
    const { messages: stored } = await http.get("GET", "/stations/orders/messages");
    for (const { headers: kept } of stored) {
      const stamp = readStamp(kept["Oxbow-Stamp"][0]);
      assert.deepEqual([stamp?.door, stamp?.by], ["memphis", "rest-gateway"]);
      assert.equal(kept["Oxbow-Stamp"].length, 1);
      assert.equal(kept["oxbow-stamp"], undefined);
    }

    const consume = "/stations/orders/consume/batch";
    const asked = {
      consumer_name: "a",
      consumer_group: "billing",
      batch_size: 10,
      batch_max_wait_time_ms: 500,
    };
    const { body } = await post(http, consume, asked, token);
    const messages = body.map(({ message }: { message: string }) => message);
    assert.deepEqual(messages, ['{"id": 1}', "hi", '{"id":2}', '"x"']);
    const { headers } = body[0];
    assert.equal(headers["x-colour"], "red");
    for (const secret of ["authorization", "cookie", "nats-msg-id"])
      assert.ok(!(secret in headers));
    assert.deepEqual((await post(http, consume, asked, token)).body, []);
    const group = await http.get("GET", "/stations/orders/groups/billing-rest-gateway");
    assert.deepEqual([group.settings.maxDeliveries, group.unacknowledged ?? 0], [1, 0]);
    const status = await fetch(
      `http://127.0.0.1:${http.scene.server.memphisRestPort}/monitoring/status`,
    );
    assert.deepEqual([status.status, await status.text()], [200, "ok"]);
  });

  test("says what was refused, and stores nothing behind it", async () => {
    await using http = await HttpScene.open({ memphisRestPort: "0" });
    await http.get("PUT", "/stations/orders");
    await http.get("PUT", "/schemas/order", {
      body: { format: "json", text: '{"type":"object"}' },
    });
    await http.get("PUT", "/stations/orders/schema", { body: { schema: "order" } });
    const token = await authenticated(http, { username: "root", password: "memphis" });
    const single = await post(http, "/stations/orders/produce/single", "[]", token);
    assert.deepEqual([single.status, single.body.success], [400, false]);
    const batch = await post(http, "/stations/orders/produce/batch", [{}, 1, {}], token);
    assert.deepEqual([batch.status, batch.body.success, batch.body.error.length], [400, false, 1]);
    assert.equal((await http.get("GET", "/stations/orders")).messages, 1);
    for (const body of ["{}", "[", "[]", "1"]) {
      assert.equal((await post(http, "/stations/orders/produce/batch", body, token)).status, 400);
    }
    const other = { ...token, "content-type": "image/png" };
    assert.equal((await post(http, "/stations/orders/produce/single", "x", other)).status, 400);
    assert.equal((await post(http, "/stations/orders/consume/batch", {}, token)).status, 400);
  });

  test("lets in users with their password, and holds them to what they may", async () => {
    await using http = await HttpScene.open({ memphisRestPort: "0", auth: true });
    const { user, password } = http.scene.server.owner ?? { user: "", password: "" };
    const owner = basic(user, password);
    await http.get("PUT", "/stations/orders", { headers: owner });
    const app = { read: ["orders"], write: ["orders"], password: "eight chars long" };
    await http.get("PUT", "/users/app", { headers: owner, body: app });
    const credentials = { username: "app", password: app.password };
    const unauthorized = { status: 401, body: { message: "Unauthorized" } };
    assert.deepEqual(
      await post(http, "/auth/authenticate", { ...credentials, password: "no" }),
      unauthorized,
    );
    assert.deepEqual(
      await post(http, "/auth/authenticate", { ...credentials, account_id: 7 }),
      unauthorized,
    );
    const asked = {
      ...credentials,
      account_id: 1,
      token_expiry_in_minutes: 1,
      refresh_token_expiry_in_minutes: 2,
    };
    const { body: tokens } = await post(http, "/auth/authenticate?accountId=1", asked);
    assert.deepEqual([tokens.expires_in, tokens.refresh_token_expires_in], [60_000, 120_000]);
    const single = "/stations/orders/produce/single";
    assert.equal((await post(http, `${single}?authorization=${tokens.jwt}`, "{}")).status, 200);
    assert.deepEqual(await post(http, single, "{}"), unauthorized);
    assert.deepEqual(
      await post(http, single, "{}", { authorization: `Bearer ${tokens.jwt_refresh_token}` }),
      unauthorized,
    );
    const refreshed = await post(http, "/auth/refreshToken", {
      jwt_refresh_token: tokens.jwt_refresh_token,
    });
    const token = { authorization: `Bearer ${refreshed.body.jwt}` };
    assert.equal((await post(http, single, "{}", token)).status, 200);
    assert.equal((await post(http, "/stations/others/produce/single", "{}", token)).status, 403);
    assert.deepEqual(
      await post(http, "/auth/refreshToken", { jwt_refresh_token: tokens.jwt }),
      unauthorized,
    );

    const [head = "", payload = ""] = tokens.jwt.split(".");
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
    const signature = createHmac("sha256", "").update(`${head}.${payload}`).digest("base64url");
    const forged = `${head}.${payload}.${signature}`;
    for (const wrong of [none, forged, `${head}.${payload}.`, "", "x"]) {
      const headers = { authorization: `Bearer ${wrong}` };
      assert.deepEqual(await post(http, single, "{}", headers), unauthorized);
    }
    const page = { ...token, origin: "https://elsewhere.example" };
    assert.equal((await post(http, single, "{}", page)).status, 403);
    await http.get("DELETE", "/users/app", { headers: owner });
    while ((await post(http, single, "{}", token)).status !== 401);
  });
});
