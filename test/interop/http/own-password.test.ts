import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { type Answer, type Ask, basic, bearer, HttpScene } from "./http-scene.ts";

const ownPage = { "sec-fetch-site": "same-origin" };
const next = "a lamp of brass";

interface Login {
  readonly user: string;
  readonly password: string;
}

function ownerOf(http: HttpScene): Login {
  const { owner, consoleOwner } = http.scene.server;
  const found = owner ?? consoleOwner;
  assert.ok(found !== undefined);
  return { user: found.user, password: found.password };
}

function cookieOf({ headers }: Answer): Readonly<Record<string, string>> {
  const [cookie = ""] = headers.getSetCookie();
  assert.match(cookie, /^__Host-oxbow=./);
  return { ...ownPage, cookie: cookie.split(";", 1)[0] ?? "" };
}

async function logIn(http: HttpScene, body: Login): Promise<Answer> {
  const answer = await http.ask("POST", "/session", { body, headers: ownPage });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer;
}

function change(current: string, password: string, headers: Ask["headers"] = {}) {
  return ["PUT", "/caller/password", { body: { current, password }, headers }] as const;
}

/** Changes a password in a session, and gives what the browser sends from then on. */
async function changeIn(http: HttpScene, login: Login, before: Answer, password: string) {
  const other = cookieOf(await logIn(http, login));
  const headers = cookieOf(before);
  const answer = await http.ask(...change(login.password, password, headers));
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const after = cookieOf(answer);
  assert.notEqual(after.cookie, headers.cookie);
  for (const ended of [headers, other]) {
    await http.refuses(401, "LOGIN_REQUIRED", ["GET", "/session", { headers: ended }]);
  }
  const session = await http.get("GET", "/session", { headers: after });
  assert.notEqual(session.id, before.body.id);
  const { items } = await http.get("GET", "/sessions", { headers: after });
  assert.deepEqual(
    items.map(({ id }: { id: string }) => id),
    [session.id],
  );
  const again = { body: login, headers: ownPage };
  await http.refuses(401, "LOGIN_FAILED", ["POST", "/session", again]);
  await logIn(http, { user: login.user, password });
  return after;
}

/**
 * Goal: everybody can give himself another password and goes on, all others who had the one before are out, and whoever
 * holds a session of somebody else does not get at its password. Method: whole servers, asked as browsers and programs do.
 */
suite("one's own password over HTTP", () => {
  test("a user's is changed for the present one, and only the session that did it goes on", async () => {
    await using http = await HttpScene.open({ auth: true });
    const owner = ownerOf(http);
    const root = { headers: basic(owner.user, owner.password) };
    const { password } = await http.get("PUT", "/users/bob", { ...root, body: { role: "viewer" } });
    const bob = { user: "bob", password };
    const before = await logIn(http, bob);
    const session = cookieOf(before);
    await http.refuses(403, "PASSWORD_WRONG", change("not this one", next, session));
    for (const bad of ["short", "password1", "bob12345", password]) {
      await http.refuses(400, "USER_INVALID", change(password, bad, session));
    }
    await http.refuses(400, "API_REQUEST_INVALID", [
      "PUT",
      "/caller/password",
      { headers: session },
    ]);
    const { key, after } = {
      key: await http.get("POST", "/users/bob/keys", { ...root, body: {} }),
      after: await changeIn(http, bob, before, next),
    };
    assert.equal((await http.get("GET", "/caller", { headers: after })).user, "bob");
    // A key is none the worse for it, and changes the password only for the present one, too.
    const byKey = bearer(key.secret);
    await http.refuses(403, "PASSWORD_WRONG", change(password, "another lamp", byKey));
    const changed = await http.get(...change(next, "another lamp", byKey));
    assert.deepEqual(changed, { user: "bob" });
    await http.refuses(401, "LOGIN_REQUIRED", ["GET", "/session", { headers: after }]);
    await http.get(...change("another lamp", "a third lamp", basic("bob", "another lamp")));

    const { entries } = await http.get("GET", "/audit?operation=user.changePassword", root);
    assert.ok(entries.every(({ who }: { who: { user: string } }) => who.user === "bob"));
    const done = entries.filter(({ outcome }: { outcome: string }) => outcome === "done");
    assert.equal(done.length, 3);
    assert.deepEqual(done[0].request, { current: "[redacted]", password: "[redacted]" });
    assert.equal(done[0].before.name, "bob");
    const records = JSON.stringify(entries);
    for (const text of [password, next, "another lamp", "scrypt"]) {
      assert.ok(!records.includes(text), text);
    }
  });

  test("who has none, or one of the configuration, is told where it is", async () => {
    await using http = await HttpScene.open({ user: "root", password: "of the configuration" });
    const root = { headers: basic("root", "of the configuration") };
    const said = await http.refuses(409, "PASSWORD_NONE", change("x", next, root.headers));
    assert.match(said, /root has no password that can be changed here.*configuration/);
    const body = { role: "viewer", password: null };
    await http.get("PUT", "/users/ci", { ...root, body });
    const key = await http.get("POST", "/users/ci/keys", { ...root, body: {} });
    const none = await http.refuses(409, "PASSWORD_NONE", change("x", next, bearer(key.secret)));
    assert.match(none, /comes in with access keys/);
  });

  test("guesses of the present one are slowed down, and logins are not", async () => {
    await using http = await HttpScene.open({ auth: true });
    const owner = ownerOf(http);
    const headers = cookieOf(await logIn(http, owner));
    for (let i = 0; i < 10; i++) {
      await http.refuses(403, "PASSWORD_WRONG", change("guessed", next, headers));
    }
    const right = change(owner.password, next, headers);
    assert.match(await http.refuses(429, "LOGIN_PAUSED", right), /change a password.*wait \d+ s/);
    await logIn(http, owner);
  });

  test("that of the owner of a server with credentials holds at every door, and after a restart", async () => {
    await using http = await HttpScene.open({ auth: true });
    const owner = ownerOf(http);
    const client = await http.scene.connect({ user: owner.user, pass: owner.password });
    await changeIn(http, owner, await logIn(http, owner), next);
    await client.closed();
    await http.scene.refuses({ user: owner.user, pass: owner.password });
    await http.scene.connect({ user: owner.user, pass: next });
    const kept = await readFile(join(http.scene.data, "owner-credentials.json"), "utf8");
    assert.match(kept, /"\$scrypt\$/);
    await http.scene.restart({ auth: true });
    await logIn(http, { user: owner.user, password: next });
    await http.scene.refuses({ user: owner.user, pass: owner.password });
    await http.scene.connect({ user: owner.user, pass: next });
  });

  test("that of the owner of an open server is for browsers, and is kept", async () => {
    await using http = await HttpScene.open();
    const owner = ownerOf(http);
    // With a user, the engine knows who comes without credentials by another name.
    await http.get("PUT", "/users/bob", { body: { role: "viewer" } });
    const program = await http.scene.connect();
    await changeIn(http, owner, await logIn(http, owner), next);
    assert.equal(program.isClosed(), false);
    await http.refuses(403, "PASSWORD_WRONG", change(owner.password, "another lamp"));
    await http.scene.restart();
    const kept = await logIn(http, { user: owner.user, password: next });
    await http.refuses(401, "LOGIN_FAILED", ["POST", "/session", { body: owner }]);
    await changeIn(http, { user: "owner", password: next }, kept, "another lamp");
  });

  test("of a tenant's user it is changed in its tenant", async () => {
    await using http = await HttpScene.open({ auth: true });
    const owner = ownerOf(http);
    const root = { headers: basic(owner.user, owner.password) };
    await http.get("PUT", "/tenants/acme", root);
    const body = { role: "viewer" };
    const made = await http.get("PUT", "/users/ann?tenant=acme", { ...root, body });
    const ann = { user: made.user.login, password: made.password };
    const after = await changeIn(http, ann, await logIn(http, ann), next);
    assert.equal((await http.get("GET", "/caller", { headers: after })).tenant, "acme");
  });
});
