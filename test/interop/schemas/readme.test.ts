import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { onEachTarget } from "../support/targets.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Runs `code` as a module in the repository and gives what it prints. */
async function run(code: string): Promise<string> {
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", code], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let output = "";
  for await (const chunk of child.stdout) output += chunk;
  assert.deepEqual(await exited, [0, null]);
  return output;
}

onEachTarget("the README of the platform", (target) => {
  test("has an example of schemas that prints what it says", async () => {
    const text = readFileSync(`${root}/packages/platform/README.md`, "utf8");
    const blocks = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => code);
    const examples = blocks.filter((code) => code.includes("Schemas.open"));
    assert.equal(examples.length, 1);
    for (const example of examples) {
      const prints = [...example.matchAll(/\/\/ prints: (.*)/g)].map(([, line = ""]) => line);
      const servers = JSON.stringify(target.server.url);
      const code = example.replace("connect()", `connect({ servers: ${servers} })`);
      assert.equal(await run(code), `${prints.join("\n")}\n`);
    }
  });
});
