import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The examples of TypeScript in the package's README, each with what its comments say that it prints. */
function examples(): readonly { readonly code: string; readonly prints: readonly string[] }[] {
  const text = readFileSync(`${root}/packages/engine/README.md`, "utf8");
  return [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => ({
    code,
    prints: [...code.matchAll(/\/\/ prints: (.*)/g)].map(([, line = ""]) => line),
  }));
}

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

test("the engine's example runs within one process, without a port, and ends", async () => {
  const embedded = examples().filter(({ code }) => code.includes("webSocketInProcess"));
  assert.equal(embedded.length, 1);
  for (const { code, prints } of embedded) {
    assert.equal(await run(code), `${prints.join("\n")}\n`);
  }
});
