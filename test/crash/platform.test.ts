/**
 * Goal: whenever the platform dies while it changes something, what there is then is as before, or as after, or said to be
 * half done, is recorded, and comes to what it should be by asking again. Method: a few kills of what
 * `npm run test:crash:platform` does many times, and a bug for each operation that they have to find.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { natsServerProgram, oxbowProgram } from "@oxbow/testkit/servers";
import { allOperations, allPlants } from "./operations/index.ts";
import { killPlatforms } from "./platform/platform-kills.ts";

const program = oxbowProgram();

test("a platform that dies between two writes leaves nothing half done unsaid", async (context) => {
  const print = (line: string): void => context.diagnostic(line);
  await killPlatforms({ program, operations: allOperations, killCount: 3, seed: "few", print });
});

const natsServer = natsServerProgram();
const skip = natsServer === undefined && process.env["OXBOW_REQUIRE_PEERS"] === undefined;

test("a platform beside nats-server whose process is killed leaves nothing half done unsaid", {
  skip,
}, async (context) => {
  assert.ok(natsServer !== undefined, "there is no nats-server on PATH");
  const print = (line: string): void => context.diagnostic(line);
  const operations = allOperations.filter((_, index) => index % 4 === 0);
  const options = { program: natsServer, operations, isProcess: true };
  await killPlatforms({ ...options, killCount: 1, seed: "process", print });
});

test("a bug in any operation that shows after a crash is found", async (context) => {
  const print = (line: string): void => context.diagnostic(line);
  const plants = { operations: allPlants, isPlanted: true };
  await killPlatforms({ program, ...plants, killCount: 16, seed: "planted", print });
});
