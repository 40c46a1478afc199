import assert from "node:assert/strict";
import { test } from "node:test";
import { onEachTarget } from "../interop/support/targets.ts";
import { accountsConfig } from "./support/accounts-config.ts";
import { playAccounts } from "./support/accounts-script.ts";
import { readGolden } from "./support/golden.ts";

onEachTarget(
  "accounts",
  (target) => {
    for (const section of readGolden("accounts.txt")) {
      test(section.title, async () => {
        const transcript = await playAccounts(section, target.server.port);
        assert.deepEqual(inAnyOrder(transcript), inAnyOrder(section.lines));
      });
    }
  },
  { config: accountsConfig },
);

/** The lines with those sorted that one client got without a line between them. */
function inAnyOrder(lines: readonly string[]): string[] {
  const runs: string[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    const isSame = line[1] === "<" && run?.[0]?.startsWith(line.slice(0, 2)) === true;
    if (isSame) run.push(line);
    else runs.push([line]);
  }
  return runs.flatMap((run) => run.sort());
}
