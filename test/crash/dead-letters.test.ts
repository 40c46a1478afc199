/**
 * Goal: whoever dies between two writes, a message is one dead letter, and is resent once. Method: a few kills of what
 * `npm run test:crash:dead-letters` does many times.
 */
import { test } from "node:test";
import { oxbowProgram } from "@oxbow/testkit/servers";
import { killWorkers } from "./dead-letter-kills.ts";

test("workers of dead letters that die lose nothing, and do nothing twice", async (context) => {
  const print = (line: string): void => context.diagnostic(line);
  await killWorkers({ program: oxbowProgram(), killCount: 3, print });
});
