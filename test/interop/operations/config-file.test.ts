import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@nats-io/transport-node";
import { onEachTarget } from "../support/targets.ts";

const config = `
http: "127.0.0.1:-1"
server_name: tagged
server_tags: [ "a:1", "b" ]
max_payload: 2KB
authorization {
  PASSWORD = "s3cret"
  users [
    { user: one, password: $PASSWORD }
  ]
}
`;

onEachTarget(
  "a configuration file",
  (target) => {
    test("opens what it names, and the ports file says where", async () => {
      const urls = await target.server.urls();
      assert.deepEqual(urls.nats, [target.server.url]);
      const response = await fetch(`${urls.monitoring?.[0]}/varz`);
      const { server_name, max_payload, tags } = (await response.json()) as Record<string, unknown>;
      assert.deepEqual(
        { server_name, max_payload, tags },
        { server_name: "tagged", max_payload: 2048, tags: ["a:1", "b"] },
      );
    });

    test("says who may come in", async () => {
      const servers = target.server.url;
      const connection = await connect({ servers, user: "one", pass: "s3cret" });
      assert.equal(connection.info?.max_payload, 2048);
      await connection.close();
      await assert.rejects(connect({ servers, user: "one", pass: "guess", reconnect: false }));
    });
  },
  { config },
);
