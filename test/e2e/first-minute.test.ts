import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { RunningCommand } from "./support/command.ts";

/** Goal: who types what README shows for a first minute sees what it shows. Method: its commands, by a shell, in order. */
const root = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** A command as README shows it, and what it shows of its output. */
interface Example {
  readonly command: string;
  readonly output: string;
}

async function examples(): Promise<Example[]> {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const section = readme.split(/^## /m).find((part) => part.startsWith("A first minute\n")) ?? "";
  const blocks = [...section.matchAll(/^```\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);
  return blocks
    .flatMap((block) => block.split(/^\$ /m).slice(1))
    .map((text) => {
      const [command = "", ...lines] = text.split("\n");
      return { command, output: lines.join("\n") };
    })
    .filter(({ command }) => !/npm start|oxbow demo/.test(command));
}

/** Text with nothing in it that is different each time. */
function lasting(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>").trim();
}

test("the first minute of README is as it shows", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "oxbow-first-minute-"));
  try {
    await using server = new RunningCommand(["start", "--port", "0", "--json"], { cwd });
    const { url } = await server.event<{ url: string }>();
    const env = { ...process.env, OXBOW_URL: url, NODE: process.execPath, ROOT: root };
    const shown = await examples();
    assert.ok(shown.length > 10);
    for (const { command, output } of shown) {
      // It goes on until Ctrl-C; here it ends after what README shows.
      const line = command.includes("oxbow consume ") ? `${command} --count 1` : command;
      const script = `npx() { shift; "$NODE" "$ROOT/packages/cli/bin/oxbow.js" "$@"; }\n{ ${line}; } 2>&1 || true`;
      const { stdout } = await run("sh", ["-c", script], { cwd, env });
      assert.equal(lasting(stdout), lasting(output), command);
    }
  } finally {
    await rm(cwd, { recursive: true });
  }
});
