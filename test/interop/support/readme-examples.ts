import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
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
  const found = examplesIn(packageName).filter(({ code }) => code.includes(mark));
  const [example] = found;
  assert.ok(found.length === 1 && example, `examples with ${mark} in the README of ${packageName}`);
  return example;
}

/** All examples in `packages/<packageName>/README.md`, in order. */
export function examplesIn(packageName: string): ReadmeExample[] {
  const text = readFileSync(`${root}/packages/${packageName}/README.md`, "utf8");
  return [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => ({
    code,
    prints: [...code.matchAll(/\/\/ prints: (.*)/g)].map(([, line = ""]) => line),
  }));
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
  const to = `servers: ${JSON.stringify(server?.url)}`;
  const connected =
    server === undefined
      ? code
      : code
          .replace("connect()", `connect({ ${to} })`)
          .replace("connect({ tr", `connect({ ${to}, tr`);
  const args = ["--input-type=module-typescript", "--eval", connected];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  let output = "";
  for await (const chunk of child.stdout) output += chunk;
  assert.deepEqual(await exited, [0, null]);
  return output.split("\n").slice(0, -1);
}
