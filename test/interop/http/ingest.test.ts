import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { suite, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { basic, HttpScene } from "./http-scene.ts";

/** An answer to a webhook. */
interface Taken {
  readonly status: number;
  readonly text: string;
}

/** Goal: webhooks become messages exactly where their sender, and nobody else, may put them. Method: a server, and requests
 * signed as each sender signs. */

async function send(
  http: HttpScene,
  path: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Taken> {
  const response = await fetch(`${http.url}${path}`, {
    method: "POST",
    body: body as string,
    headers: { "content-type": "application/json", connection: "close", ...headers },
  });
  return { status: response.status, text: await response.text() };
}

async function make(
  http: HttpScene,
  name: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly path: string; readonly secret: string }> {
  await http.get("PUT", "/stations/hooks", { headers });
  const made = await http.get("PUT", `/stations/hooks/ingest/${name}`, { body, headers });
  assert.match(made.path, /^\/in\/default\.[0-9a-f]{20}\.[\w-]{43}$/);
  return made;
}

async function newest(http: HttpScene): Promise<{
  readonly payload: string;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
}> {
  const { messages } = await http.get("GET", "/stations/hooks/messages?limit=1");
  return messages[0];
}

async function countOf(http: HttpScene): Promise<number> {
  return (await http.get("GET", "/stations/hooks")).messages;
}

const hmac = (secret: string | Buffer, text: string, algorithm = "sha256"): Buffer =>
  createHmac(algorithm, secret).update(text).digest();
const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

suite("webhooks in", () => {
  test("GitHub: signature, delivery id, headers; what is not right is refused", async () => {
    await using http = await HttpScene.open();
    const { path, secret } = await make(http, "github", { verify: { kind: "github" } });
    const body = JSON.stringify({ zen: "Ü" });
    const signed = (id: string, text = body, key = secret): Record<string, string> => ({
      "x-hub-signature-256": `sha256=${hmac(key, text).toString("hex")}`,
      "x-github-delivery": id,
      "x-github-event": "push",
      origin: "https://elsewhere.example",
      cookie: "__Host-oxbow=no",
    });
    const first = await send(http, path, body, signed("d-1"));
    assert.deepEqual(
      [first.status, JSON.parse(first.text)],
      [200, { messageId: "d-1", isDuplicate: false }],
    );
    const again = await send(http, path, body, signed("d-1"));
    assert.deepEqual([again.status, JSON.parse(again.text).isDuplicate], [200, true]);
    const { payload, messageId, headers } = await newest(http);
    assert.deepEqual([payload, messageId], [body, "d-1"]);
    assert.deepEqual(headers["X-GitHub-Event"], ["push"]);
    assert.deepEqual(headers["Oxbow-Ingest"], ["github"]);
    assert.equal(JSON.stringify(headers).includes("__Host"), false);

    const wrong: Record<string, string>[] = [
      {},
      signed("d-2", `${body} `),
      signed("d-2", body, "another secret"),
      { "x-hub-signature-256": "sha256=" },
      { "x-hub-signature-256": "sha256=zz" },
      { "x-hub-signature": signed("d-2")["x-hub-signature-256"] ?? "" },
    ];
    for (const headers of wrong) {
      const { status, text } = await send(http, path, body, headers);
      assert.deepEqual([status, JSON.parse(text).code], [403, "INGEST_DENIED"]);
    }
    assert.equal(await countOf(http), 1);
    const { status } = await send(
      http,
      `${path.slice(0, -1)}${path.endsWith("A") ? "B" : "A"}`,
      body,
      signed("d-3"),
    );
    assert.equal(status, 404);
  });

  test("Stripe: time and event id; nothing before its secret is known", async () => {
    await using http = await HttpScene.open();
    const { path, secret } = await make(http, "stripe", { verify: { kind: "stripe" } });
    assert.equal(secret, null);
    const body = JSON.stringify({ id: "evt_1", type: "charge.succeeded" });
    const signed = (time = nowSeconds(), key = "whsec_of_stripe"): Record<string, string> => ({
      "stripe-signature": `t=${time},v1=${"0".repeat(64)},v1=${hmac(key, `${time}.${body}`).toString("hex")},v0=x`,
    });
    const early = await send(http, path, body, signed());
    assert.match(JSON.parse(early.text).detail, /has no secret yet/);
    await http.refuses(400, "INGEST_INVALID", [
      "POST",
      "/stations/hooks/ingest/stripe/rotate",
      { body: {} },
    ]);
    await http.get("POST", "/stations/hooks/ingest/stripe/rotate", {
      body: { secret: "whsec_of_stripe" },
    });
    assert.equal((await send(http, path, body, signed())).status, 200);
    assert.equal((await newest(http)).messageId, "evt_1");
    for (const time of [nowSeconds() - 301, nowSeconds() + 301]) {
      const { status, text } = await send(http, path, body, signed(time));
      assert.deepEqual([status, /300 s away/.test(text)], [403, true]);
    }
    const moved = signed()["stripe-signature"]?.replace(/t=\d+/, `t=${nowSeconds() + 1}`) ?? "";
    assert.equal((await send(http, path, body, { "stripe-signature": moved })).status, 403);
  });

  test("Slack: the challenge is answered, and commands are answered with nothing", async () => {
    await using http = await HttpScene.open();
    const key = "8f742231b10e8888abcd99yyyzzz85a5";
    const { path } = await make(http, "slack", { verify: { kind: "slack" }, secret: key });
    const signed = (body: string, time = nowSeconds()): Record<string, string> => ({
      "x-slack-request-timestamp": String(time),
      "x-slack-signature": `v0=${hmac(key, `v0:${time}:${body}`).toString("hex")}`,
    });
    const challenge = JSON.stringify({ type: "url_verification", challenge: "3eZbrw1a" });
    assert.deepEqual(await send(http, path, challenge, signed(challenge)), {
      status: 200,
      text: "3eZbrw1a",
    });
    assert.equal((await send(http, path, challenge)).status, 403);
    const event = JSON.stringify({ type: "event_callback", event_id: "Ev1" });
    assert.deepEqual(await send(http, path, event, signed(event)), { status: 200, text: "" });
    assert.equal((await newest(http)).messageId, "Ev1");
    const command = "command=%2Foxbow&text=hi";
    const form = { ...signed(command), "content-type": "application/x-www-form-urlencoded" };
    assert.deepEqual(await send(http, path, command, form), { status: 200, text: "" });
    const stored = await newest(http);
    assert.deepEqual(
      [stored.payload, stored.headers["Content-Type"]],
      [command, [form["content-type"]]],
    );
    assert.equal((await send(http, path, event, signed(event, nowSeconds() - 600))).status, 403);
    assert.equal(await countOf(http), 2);
  });

  test("Standard Webhooks: what their library signs", async () => {
    await using http = await HttpScene.open();
    const secret = `whsec_${randomBytes(24).toString("base64")}`;
    const { path } = await make(http, "standard", { verify: { kind: "standard" }, secret });
    const body = '{"type":"order.made"}';
    const now = new Date();
    const signed = {
      "webhook-id": "msg_1",
      "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
      "webhook-signature": `v1,AAAA ${new Webhook(secret).sign("msg_1", now, body)}`,
    };
    assert.equal((await send(http, path, body, signed)).status, 200);
    assert.equal((await newest(http)).messageId, "msg_1");
    assert.equal((await send(http, path, body, { ...signed, "webhook-id": "msg_2" })).status, 403);
    const bad = { verify: { kind: "standard" }, secret: "whsec_no base64" };
    await http.refuses(400, "INGEST_INVALID", [
      "PUT",
      "/stations/hooks/ingest/other",
      { body: bad },
    ]);
  });

  test("any HMAC: header, algorithm, encoding, prefix, time and id", async () => {
    await using http = await HttpScene.open();
    const plain = {
      kind: "hmac",
      header: "X-Shopify-Hmac-Sha256",
      encoding: "base64",
      idHeader: "X-Shopify-Webhook-Id",
    };
    const { path, secret } = await make(http, "shop", {
      verify: plain,
      headers: ["X-Shopify-Topic"],
    });
    const body = Buffer.from([0, 255, 1]);
    const signed = {
      "x-shopify-hmac-sha256": createHmac("sha256", secret).update(body).digest("base64"),
      "x-shopify-webhook-id": "w-1",
      "x-shopify-topic": "orders/create",
      "content-type": "application/octet-stream",
    };
    assert.equal((await send(http, path, body, signed)).status, 200);
    const stored = await newest(http);
    assert.deepEqual(
      [stored.messageId, stored.headers["X-Shopify-Topic"]],
      ["w-1", ["orders/create"]],
    );
    const timed = {
      ...{ kind: "hmac", header: "X-Sign", algorithm: "sha512", prefix: "v1=" },
      ...{ timestampHeader: "X-Time", toleranceMs: 10_000 },
    };
    const other = await make(http, "timed", { verify: timed });
    const sign = (time: number): Record<string, string> => ({
      "x-time": String(time),
      "x-sign": `v1=${hmac(other.secret, `${time}.{}`, "sha512").toString("hex")}`,
    });
    assert.equal((await send(http, other.path, "{}", sign(Date.now()))).status, 200);
    assert.equal((await send(http, other.path, "{}", sign(Date.now() - 11_000))).status, 403);
    const reserved = { verify: plain, headers: ["Nats-Msg-Id"] };
    await http.refuses(400, "INGEST_INVALID", [
      "PUT",
      "/stations/hooks/ingest/x",
      { body: reserved },
    ]);
  });

  test("secrets are rotated, URLs too, and both are told once", async () => {
    await using http = await HttpScene.open();
    const made = await make(http, "github", { verify: { kind: "github" } });
    const path = "/stations/hooks/ingest/github";
    const again = await http.get("PUT", path, { body: { verify: { kind: "github" } } });
    assert.deepEqual([again.path, again.secret], [null, null]);
    await http.refuses(409, "INGEST_EXISTS", ["PUT", path, { body: {} }]);
    const signed = (secret: string): Record<string, string> => ({
      "x-hub-signature-256": `sha256=${hmac(secret, "{}").toString("hex")}`,
    });
    const rotated = await http.get("POST", `${path}/rotate`);
    assert.ok(Date.parse(rotated.ingest.oldSecretUntil) > Date.now());
    for (const { secret } of [made, rotated]) {
      assert.equal((await send(http, made.path, "{}", signed(secret))).status, 200);
    }
    const last = await http.get("POST", `${path}/rotate`, { body: { graceMs: 0 } });
    assert.equal((await send(http, made.path, "{}", signed(rotated.secret))).status, 403);
    const moved = await http.get("POST", `${path}/rotate`, { body: { what: "url", graceMs: 0 } });
    assert.equal((await send(http, made.path, "{}", signed(last.secret))).status, 404);
    assert.equal((await send(http, moved.path, "{}", signed(last.secret))).status, 200);

    const told = JSON.stringify([
      await http.get("GET", "/stations/hooks/ingest"),
      await http.get("GET", path),
      await http.get("GET", "/audit?operation=ingest"),
    ]);
    for (const { secret, path: url } of [made, rotated, last, moved]) {
      for (const text of [secret, url?.split(".")[2]]) {
        if (typeof text === "string") assert.equal(told.includes(text), false);
      }
    }
    await http.get("PATCH", path, { body: { isPaused: true } });
    assert.equal((await send(http, moved.path, "{}", signed(last.secret))).status, 503);
    await http.refuses(400, "INGEST_INVALID", [
      "PATCH",
      path,
      { body: { verify: { kind: "slack" } } },
    ]);
    assert.deepEqual(await http.get("DELETE", path), { isDeleted: true });
    assert.equal((await send(http, moved.path, "{}", signed(last.secret))).status, 404);
    await http.refuses(404, "INGEST_NOT_FOUND", ["GET", path]);
  });

  test("what is too large, misfits, or comes to a station that is gone, is refused", async () => {
    await using http = await HttpScene.open();
    const { path } = await make(http, "any", {});
    const { status, text } = await send(http, path, "x".repeat(1024 * 1024 + 1));
    assert.deepEqual([status, JSON.parse(text).code], [413, "API_REQUEST_TOO_LARGE"]);
    await http.get("PUT", "/schemas/order", {
      body: { format: "json", text: '{"type":"object"}' },
    });
    await http.get("PUT", "/stations/hooks/schema", { body: { schema: "order" } });
    assert.equal((await send(http, path, "[]")).status, 422);
    assert.equal((await send(http, path, "{}")).status, 200);
    for (const other of ["/in/x", "/in/nobody.0123456789abcdef0123.".padEnd(74, "a"), `${path}a`]) {
      assert.equal((await send(http, other, "{}")).status, 404);
    }
    await http.get("DELETE", "/stations/hooks");
    assert.equal((await send(http, path, "{}")).status, 404);
    await http.get("PUT", "/stations/hooks");
    assert.equal((await send(http, path, "{}")).status, 404);
  });

  test("tenants have theirs, and users who may change the station make them", async () => {
    await using http = await HttpScene.open({ auth: true });
    const { user, password } = http.scene.server.owner ?? { user: "", password: "" };
    const owner = basic(user, password);
    await http.get("PUT", "/tenants/acme", { headers: owner, body: {} });
    const body = {
      role: "operator",
      write: ["hooks"],
      read: ["hooks"],
      tenant: "acme",
      password: "eight chars long",
    };
    await http.get("PUT", "/users/ann", { headers: owner, body });
    const ann = basic("ann$acme", "eight chars long");
    await http.get("PUT", "/stations/hooks", { headers: owner });
    await http.get("PUT", "/stations/hooks", { headers: ann });
    const made = await http.get("PUT", "/stations/hooks/ingest/any", { headers: ann });
    assert.match(made.path, /^\/in\/acme\./);
    assert.equal((await send(http, made.path, "{}")).status, 200);
    assert.equal((await http.get("GET", "/stations/hooks", { headers: ann })).messages, 1);
    assert.equal((await http.get("GET", "/stations/hooks", { headers: owner })).messages, 0);
    const stolen = made.path.replace("/in/acme.", "/in/default.");
    assert.equal((await send(http, stolen, "{}")).status, 404);
    await http.get("PUT", "/users/bob", { headers: owner, body: { ...body, role: "viewer" } });
    const bob = basic("bob$acme", "eight chars long");
    await http.refuses(403, "ACCESS_DENIED", [
      "PUT",
      "/stations/hooks/ingest/mine",
      { headers: bob },
    ]);
    assert.equal((await http.get("GET", "/stations/hooks/ingest", { headers: bob })).total, 1);
  });
});
