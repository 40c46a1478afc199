import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** An example of TypeScript in a README. */
export interface ReadmeExample {
  readonly code: string;
  /** The lines that its comments, `// prints: …`, say that it prints. */
  readonly prints: readonly string[];
}

/** The example in `packages/<packageName>/README.md` that has `mark` in it. There must be one and no more. */
export async function readmeExample(packageName: string, mark: string): Promise<ReadmeExample> {
  const text = await readFile(`${root}/packages/${packageName}/README.md`, "utf8");
  const blocks = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => code);
  const found = blocks.filter((code) => code.includes(mark));
  assert.equal(found.length, 1, `examples with ${mark} in the README of ${packageName}`);
  const [code = ""] = found;
  const prints = [...code.matchAll(/\/\/ prints: (.*)/g)].map(([, line = ""]) => line);
  return { code, prints };
}

/**
 * Runs an example as a module in the repository, which must end by itself and well, and gives the lines that it prints.
 *
 * @param server - The one that `connect()` in it goes to.
 */
export async function runExample(
  { code }: ReadmeExample,
  server?: { readonly url: string },
): Promise<string[]> {
  const options = JSON.stringify({ servers: server?.url });
  const connected = server === undefined ? code : code.replace("connect()", `connect(${options})`);
  const args = ["--input-type=module-typescript", "--eval", connected];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  let output = "";
  for await (const chunk of child.stdout) output += chunk;
  assert.deepEqual(await exited, [0, null]);
  return output.split("\n").slice(0, -1);
}
