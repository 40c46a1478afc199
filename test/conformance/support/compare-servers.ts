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

/** What a test is called, what it asks, and what its connections say in CONNECT to come in. */
export type Area = readonly [
  name: string,
  requests: readonly Request[],
  connect?: Readonly<Record<string, unknown>>,
];

/** The error codes that nats-server has answered in this file so far. */
export const reachedErrorCodes: Set<number> = new Set();

/**
 * Defines tests that send the same requests to Oxbow and to nats-server, started with the same `options`, and expect the
 * same answers. Each area is a test with connections of its own; the streams of earlier ones are there.
 */
export function compareServers(name: string, options: ServerOptions, areas: readonly Area[]): void {
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
    for (const [area, requests, fields = {}] of areas) {
      test(area, async (context) => {
        const clients = await Promise.all(servers.map((server) => RawClient.open(server, fields)));
        const askers = clients.map((client) => new Asker(client));
        let areAlike = true;
        for (const request of requests) {
          if (request.asIn215 !== undefined && !is215(clients[1])) continue;
          // What follows a difference says nothing more, and may wait for answers that do not come.
          if (!areAlike) break;
          areAlike = false;
          await context.test(titleOf(request), async () => {
            const answers = askers.map((asker) => asker.answersTo(request));
            const [ours, theirs] = await Promise.all(answers);
            for (const code of errorCodesIn(theirs)) reachedErrorCodes.add(code);
            const isChanged = request.changedIn215 !== undefined && is215(clients[1]);
            if (!isChanged && request.differs === undefined) assert.deepEqual(ours, theirs);
            else assert.notDeepEqual(ours, theirs, "a named difference that is none");
            areAlike = true;
          });
        }
        if (!areAlike) {
          for (const server of servers) context.diagnostic(`${server.url}\n${server.output}`);
        }
        await Promise.all(clients.map((client) => client.close()));
      });
    }
  });
}

function is215(client: RawClient | undefined): boolean {
  return Number(String(client?.info["version"]).split(".")[1]) >= 15;
}

/** The JetStream errors named in answers that were made comparable. */
function errorCodesIn(answers: unknown): number[] {
  const codes = JSON.stringify(answers).matchAll(/"err_code":(\d+)/g);
  return [...codes].map(([, code]) => Number(code));
}
