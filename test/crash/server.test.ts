/**
 * Goal: what a server has answered is so when it comes back, and what it was killed at is as before, or as after, or said to
 * be half done: who was taken out stays out, and a schema that a station demands is demanded. Method: a kill of what
 * `npm run test:crash:server` does many times, and a disk that forgets, which has to be found out.
 */
import { test } from "node:test";
import { allOperations as operations } from "./operations/index.ts";
import { killServers } from "./server/server-kills.ts";

test("a server that dies between two commits leaves nothing half done unsaid", async (context) => {
  const print = (line: string): void => context.diagnostic(line);
  await killServers({ operations, killCount: 1, seed: "few", print });
});

test("a disk that forgets what was answered is found out", async (context) => {
  const print = (line: string): void => context.diagnostic(line);
  await killServers({ operations, killCount: 1, seed: "planted", isLossPlanted: true, print });
});
