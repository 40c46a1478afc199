import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  natsServerProgram,
  oxbowProgram,
  type ServerOptions,
  TestServer,
} from "@oxbow/testkit/servers";
import { RawClient } from "../interop/support/raw-client.ts";
import { acknowledgements } from "./differential/acknowledgements.ts";
import { consumerRefusals } from "./differential/consumer-refusals.ts";
import { consumers } from "./differential/consumers.ts";
import { gets } from "./differential/gets.ts";
import { publishes } from "./differential/publishes.ts";
import { pulls } from "./differential/pulls.ts";
import { streamRefusals } from "./differential/stream-refusals.ts";
import { streamUpdates } from "./differential/stream-updates.ts";
import { streams } from "./differential/streams.ts";
import { Asker, type Request, titleOf } from "./support/differential.ts";

/** One configuration for both; what is compared holds for either version of nats-server's 2.14 and 2.15. */
const options: ServerOptions = {};

const areas: readonly (readonly [string, readonly Request[]])[] = [
  ["streams with each field", streams],
  ["refused streams", streamRefusals],
  ["updates of streams", streamUpdates],
  ["consumers with each field", consumers],
  ["refused consumers", consumerRefusals],
  ["publishes with each header", publishes],
  ["gets", gets],
  ["pulls and their statuses", pulls],
  ["acknowledgements", acknowledgements],
];

const program = natsServerProgram();
if (program !== undefined) {
  describe("Oxbow answers as nats-server does", () => {
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
            assert.deepEqual(ours, theirs);
          });
        }
        await Promise.all(clients.map((client) => client.close()));
      });
    }
  });
} else if (process.env["OXBOW_REQUIRE_PEERS"] === "1") {
  test("a nats-server to compare with", () => assert.fail("no nats-server on PATH"));
} else {
  describe(
    "Oxbow answers as nats-server does",
    { skip: "no nats-server on PATH" },
    () => undefined,
  );
}
