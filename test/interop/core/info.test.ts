import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget(
  "INFO",
  (target) => {
    test("is sent on accept and names the server, its protocol and its limits", async () => {
      await using client = await RawClient.dial(target.server);
      const { info } = client;
      assert.match(String(info["server_id"]), /^N[A-Z2-7]{55}$/);
      assert.equal(info["server_name"], info["server_id"]);
      assert.match(String(info["version"]), /^\d+\.\d+\.\d+/);
      assert.equal(info["proto"], 1);
      assert.equal(typeof info["go"], "string");
      assert.equal(info["host"], "127.0.0.1");
      assert.equal(info["port"], target.server.port);
      assert.equal(info["headers"], true);
      assert.equal(info["max_payload"], 4096);
      assert.equal(info["jetstream"], true);
      assert.equal(info["client_ip"], "127.0.0.1");
      assert.ok(Number.isSafeInteger(info["client_id"]) && Number(info["client_id"]) > 0);
    });

    test("leaves out what is not configured", async () => {
      await using client = await RawClient.dial(target.server);
      for (const field of ["auth_required", "tls_required", "tls_verify", "nonce", "ldm"]) {
        assert.equal(client.info[field], undefined, field);
      }
    });

    test("gives each connection an id of its own, and the same server id", async () => {
      await using first = await RawClient.dial(target.server);
      await using second = await RawClient.dial(target.server);
      assert.notEqual(first.info["client_id"], second.info["client_id"]);
      assert.equal(first.info["server_id"], second.info["server_id"]);
    });

    test("is not repeated to a client of protocol 0", async () => {
      await using client = await RawClient.open(target.server, { protocol: 0 });
      await client.flush();
      await client.flush();
      assert.deepEqual(client.laterInfos, []);
    });

    test("comes once more, after the first PONG, to a client of protocol 1", async () => {
      await using client = await RawClient.open(target.server);
      await client.flush();
      const info = await client.laterInfo();
      assert.equal(info["connect_info"], true);
      assert.equal(info["remote_account"], "$G");
      assert.equal(info["client_id"], client.info["client_id"]);
      await client.flush();
      await client.flush();
      assert.equal(client.laterInfos.length, 1);
    });

    test("says auth_required when credentials are needed", async () => {
      await using server = await target.start({ authorization: { token: "secret" } });
      await using client = await RawClient.dial(server);
      assert.equal(client.info["auth_required"], true);
    });
  },
  { maxPayloadBytes: 4096 },
);
