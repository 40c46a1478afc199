import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  natsServerProgram,
  oxbowProgram,
  type ServerOptions,
  TestServer,
} from "@oxbow/testkit/servers";
import { RawClient } from "../../interop/support/raw-client.ts";
import { Asker, type Request, titleOf } from "./differential.ts";

/**
 * Defines tests that send the same requests to Oxbow and to nats-server, started with the same `options`, and expect the
 * same answers. Each area is a test with connections of its own; the streams of earlier ones are there.
 */
export function compareServers(
  name: string,
  options: ServerOptions,
  areas: readonly (readonly [string, readonly Request[]])[],
): void {
  const program = natsServerProgram();
  if (program === undefined && process.env["OXBOW_REQUIRE_PEERS"] === "1") {
    test("a nats-server to compare with", () => assert.fail("no nats-server on PATH"));
    return;
  }
  if (program === undefined) {
    describe(name, { skip: "no nats-server on PATH" }, () => undefined);
    return;
  }
  describe(name, () => {
    const servers: TestServer[] = [];
    before(async () => {
      const starts = [oxbowProgram(), program].map((each) => TestServer.start(each, options));
      servers.push(...(await Promise.all(starts)));
    });
    after(async () => {
      await Promise.all(servers.map((server) => server.close()));
    });
    for (const [area, requests] of areas) {
      test(area, async (context) => {
        const clients = await Promise.all(servers.map((server) => RawClient.open(server)));
        const askers = clients.map((client) => new Asker(client));
        for (const request of requests) {
          await context.test(titleOf(request), async () => {
            const answers = askers.map((asker) => asker.answersTo(request));
            const [ours, theirs] = await Promise.all(answers);
            if (request.changedIn215 !== undefined && is215(clients[1])) {
              assert.notDeepEqual(ours, theirs, "a named difference that is none");
              return;
            }
            assert.deepEqual(ours, theirs);
          });
        }
        await Promise.all(clients.map((client) => client.close()));
      });
    }
  });
}

function is215(client: RawClient | undefined): boolean {
  return Number(String(client?.info["version"]).split(".")[1]) >= 15;
}
