import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { basic, bearer, HttpScene } from "./http-scene.ts";

const ownPage = { "sec-fetch-site": "same-origin" };

/** What a browser sends back of the cookies that it was given. */
function cookieOf(headers: Headers): Readonly<Record<string, string>> {
  const [cookie = ""] = headers.getSetCookie();
  assert.match(cookie, /; HttpOnly; Secure; SameSite=Strict$/);
  return { cookie: cookie.split(";", 1)[0] ?? "", ...ownPage };
}

/** Somebody who was let in before is not any more, a moment after that was said. */
async function untilRefused(
  http: HttpScene,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  for (let status = 200; status !== 401; ) {
    ({ status } = await http.ask("GET", "/stations/orders", { headers }));
  }
}

function ownerOf(http: HttpScene): { readonly user: string; readonly password: string } {
  const { owner, consoleOwner } = http.scene.server;
  const found = owner ?? consoleOwner;
  assert.ok(found !== undefined);
  return { user: found.user, password: found.password };
}

suite("who comes in by HTTP", () => {
  test("programs show a password or an access key, and may do what its user may", async () => {
    await using http = await HttpScene.open({ auth: true });
    const { user, password } = ownerOf(http);
    const headers = basic(user, password);
    await http.refuses(401, "LOGIN_REQUIRED", ["GET", "/stations"]);
    await http.refuses(401, "LOGIN_FAILED", ["GET", "/stations", { headers: basic(user, "no") }]);
    await http.refuses(401, "LOGIN_FAILED", ["GET", "/stations", { headers: bearer("oxk_no") }]);
    await http.get("PUT", "/stations/orders", { headers });
    await http.get("PUT", "/users/ann", { headers, body: { role: "viewer", read: ["orders"] } });
    const key = await http.get("POST", "/users/ann/keys", { headers, body: {} });
    const ann = bearer(key.secret);
    assert.equal((await http.get("GET", "/stations/orders", { headers: ann })).name, "orders");
    const denied = ["DELETE", "/stations/orders", { headers: ann }] as const;
    await http.refuses(403, "ACCESS_DENIED", denied);

    await http.get("DELETE", `/users/ann/keys/${key.accessKey.id}`, { headers });
    await untilRefused(http, ann);
    const { entries } = await http.get("GET", "/audit?operation=user", { headers });
    const { who } = entries[0];
    assert.deepEqual([who.user, who.address, who.connection], [user, "127.0.0.1", "oxbow http"]);
  });

  test("somebody who guesses has to wait, at that address only", async () => {
    await using http = await HttpScene.open({ auth: true });
    const { user, password } = ownerOf(http);
    const wrong = ["GET", "/stations", { headers: basic(user, "wrong") }] as const;
    for (let i = 0; i < 10; i++) await http.refuses(401, "LOGIN_FAILED", wrong);
    const right = ["GET", "/stations", { headers: basic(user, password) }] as const;
    assert.match(await http.refuses(429, "LOGIN_PAUSED", right), /wait \d+ s/);
  });

  test("a browser logs in, is known by its cookie, and logs out", async () => {
    await using http = await HttpScene.open({ auth: true });
    const begun = await http.ask("POST", "/session", { body: ownerOf(http), headers: ownPage });
    assert.equal(begun.status, 201);
    const headers = cookieOf(begun.headers);
    assert.equal((await http.get("GET", "/session", { headers })).user, "owner");
    await http.get("PUT", "/stations/orders", { headers });
    const second = await http.ask("POST", "/session", { body: ownerOf(http), headers: ownPage });
    const { items } = await http.get("GET", "/sessions", { headers });
    assert.deepEqual(
      items.map(({ id }: { id: string }) => id).sort(),
      [begun.body.id, second.body.id].sort(),
    );
    await http.get("DELETE", `/sessions/${second.body.id}`, { headers });
    const ended = ["GET", "/session", { headers: cookieOf(second.headers) }] as const;
    await http.refuses(401, "LOGIN_REQUIRED", ended);
    await http.get("DELETE", "/session", { headers });
    await http.refuses(401, "LOGIN_REQUIRED", ["GET", "/stations", { headers }]);
  });

  test("a session ends with the password that it was begun with", async () => {
    await using http = await HttpScene.open({ auth: true });
    const owner = ownerOf(http);
    const asOwner = { headers: basic(owner.user, owner.password) };
    const made = await http.get("PUT", "/users/bob", { ...asOwner, body: { role: "admin" } });
    const body = { user: "bob", password: made.password };
    const begun = await http.ask("POST", "/session", { body, headers: ownPage });
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    const bob = { headers: cookieOf(begun.headers) };
    await http.get("GET", "/stations", bob);
    await http.get("PUT", "/users/bob/password", { ...asOwner, body: {} });
    for (let status = 200; status !== 401; )
      status = (await http.ask("GET", "/stations", bob)).status;
    await http.refuses(401, "LOGIN_FAILED", ["POST", "/session", { body }]);
  });

  test("pages of others get nothing, whatever the browser sends along", async () => {
    await using http = await HttpScene.open({ auth: true });
    const begun = await http.ask("POST", "/session", { body: ownerOf(http), headers: ownPage });
    const headers = cookieOf(begun.headers);
    const others = [
      { ...headers, "sec-fetch-site": "cross-site" },
      { ...headers, "sec-fetch-site": "same-site" },
      { ...headers, origin: "https://evil.example" },
      { ...headers, origin: "null" },
    ];
    for (const each of others) {
      await http.refuses(403, "ORIGIN_DENIED", ["PUT", "/stations/x", { headers: each }]);
      await http.refuses(403, "ORIGIN_DENIED", ["GET", "/stations", { headers: each }]);
    }
    await http.refuses(404, "STATION_NOT_FOUND", ["GET", "/stations/x", { headers }]);
  });

  test("where nobody needs credentials, programs are let in, and browsers log in", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders");
    await http.refuses(401, "LOGIN_REQUIRED", ["GET", "/stations", { headers: ownPage }]);
    const wrong = { user: "owner", password: "wrong" };
    await http.refuses(401, "LOGIN_FAILED", ["POST", "/session", { body: wrong }]);
    const begun = await http.ask("POST", "/session", { body: ownerOf(http), headers: ownPage });
    const headers = cookieOf(begun.headers);
    assert.equal((await http.get("GET", "/stations/orders", { headers })).name, "orders");

    const { consoleOwner } = http.scene.server;
    assert.equal(consoleOwner?.isNew, true);
    await http.scene.restart();
    const kept = http.scene.server.consoleOwner;
    assert.deepEqual([kept?.password, kept?.isNew], [consoleOwner?.password, false]);
  });

  test("a name that somebody has pointed to this machine is not answered", async () => {
    await using http = await HttpScene.open();
    const { port } = new URL(http.url);
    const { request } = await import("node:http");
    const asked = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const options = { port, path: "/api/v1/stations", headers: { host }, agent: false };
        request(options, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on("error", reject)
          .end();
      });
    assert.equal(await asked("evil.example"), 403);
    assert.equal(await asked(`localhost:${port}`), 200);
    assert.equal(await asked(`[::1]:${port}`), 200);
    assert.equal(await asked("127.0.0.1.evil.example"), 403);
  });
});
