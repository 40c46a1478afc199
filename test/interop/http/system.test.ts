import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { basic, HttpScene } from "./http-scene.ts";

/** Words of a configuration that nobody is to read. */
const secret = "s3cret of the owner";

suite("the system over HTTP", () => {
  test("tells owners how the server is, who is connected and what it was told, and ends connections", async () => {
    const flags = { auth: true, user: "root", password: secret, "max-connections": "100" };
    await using http = await HttpScene.open(flags);
    const headers = basic("root", secret);
    await http.get("PUT", "/stations/orders", { headers });
    const state = await http.get("GET", "/system", { headers });
    assert.deepEqual([state.health, state.storage.streams > 0], ["ok", true]);
    assert.ok(
      state.memory.rssBytes > 0 && state.connections > 0 && state.storage.disk.freeBytes > 0,
    );

    const user = { user: "root", pass: secret };
    const victim = await http.scene.connect({ ...user, name: "victim" });
    const { items } = await http.get("GET", "/system/connections?limit=1000", { headers });
    const found = items.find(({ name }: { name: string }) => name === "victim");
    assert.deepEqual([found.user, found.address, found.language], ["root", "127.0.0.1", "nats.js"]);
    const ended = await http.get("DELETE", `/system/connections/${found.id}`, { headers });
    assert.deepEqual(ended, { isDeleted: true });
    await victim.closed();
    const again = await http.get("DELETE", `/system/connections/${found.id}`, { headers });
    assert.deepEqual(again, { isDeleted: false });

    const settings = await http.get("GET", "/system/settings", { headers });
    assert.ok(!JSON.stringify(settings).includes(secret));
    const named = (name: string) =>
      settings.items.find((each: { name: string }) => each.name === name);
    assert.deepEqual([named("password").value, named("password").isLive], ["[redacted]", false]);
    assert.deepEqual([named("log").value, named("log").isLive], ["silent", true]);
    assert.deepEqual([named("host").value, named("host").origin], ["127.0.0.1", null]);
    assert.equal(named("port").origin, "--port");
  });

  test("follows the log as it is written, at the level that is asked for", async () => {
    await using http = await HttpScene.open({ log: "error" });
    const owner = http.scene.server.consoleOwner;
    assert.ok(owner !== undefined);
    const changed = await http.get("PATCH", "/system/settings", { body: { log: "warn" } });
    assert.equal(changed.items.find(({ name }: { name: string }) => name === "log").value, "warn");
    const tail = await fetch(`${http.url}/api/v1/system/log/tail`);
    let text = "";
    const wrong = { headers: basic("owner", "wrong") };
    for await (const chunk of tail.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (/was refused/.test(text)) break;
      if (/event: lines/.test(text)) await http.ask("GET", "/stations", wrong);
    }
    assert.match(text, /"level":"warn","text":"the level of the log was changed to=warn"/);
    const { lines } = await http.get("GET", "/system/log");
    assert.ok(lines.some(({ level }: { level: string }) => level === "warn"));
    await http.get("PATCH", "/system/settings", { body: { log: "silent" } });
    await http.refuses(400, "API_REQUEST_INVALID", [
      "PATCH",
      "/system/settings",
      { body: { port: 1 } },
    ]);
  });

  test("is for owners of the server, and for nobody else", async () => {
    await using http = await HttpScene.open({ auth: true });
    const { owner } = http.scene.server;
    assert.ok(owner !== undefined);
    const root = basic(owner.user, owner.password);
    await http.get("PUT", "/tenants/acme", { headers: root });
    const others = ["/users/admin", "/users/ann?tenant=acme"];
    for (const [index, path] of others.entries()) {
      const role = index === 0 ? "admin" : "owner";
      const made = await http.get("PUT", path, { headers: root, body: { role } });
      const headers = basic(made.user.login, made.password);
      for (const part of ["", "/connections", "/settings", "/log", "/log/tail"]) {
        await http.refuses(403, "ACCESS_DENIED", ["GET", `/system${part}`, { headers }]);
      }
      await http.refuses(403, "ACCESS_DENIED", ["DELETE", "/system/connections/1", { headers }]);
    }
  });
});
