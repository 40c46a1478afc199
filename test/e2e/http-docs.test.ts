import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { RunningCommand } from "./support/command.ts";

/** Goal: what docs/http.md shows runs as it stands. Method: its examples, by a shell, in order, on another port. */
const run = promisify(execFile);
const placeOf = (name: string): string =>
  fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));

test("the examples of docs/OBSERVABILITY.md run as they stand", async () => {
  await using server = new RunningCommand(["start", "--memory", "--port", "0", "--json"]);
  const { httpUrl } = await server.event<{ httpUrl: string }>();
  const text = await readFile(placeOf("OBSERVABILITY.md"), "utf8");
  const examples = [...text.matchAll(/^```sh\n(curl [\s\S]*?)^```$/gm)];
  assert.ok(examples.length >= 4);
  for (const [, example = ""] of examples) {
    const script = example
      .replaceAll("http://127.0.0.1:9000", httpUrl)
      .replaceAll(/\bcurl /g, "curl --silent --show-error --fail-with-body ");
    const { stdout } = await run("bash", ["-euc", script]);
    assert.match(stdout, /^(?:\{|# HELP)/);
  }
});

test("the examples of docs/http.md run as they stand", async () => {
  const examples = [
    ...(await readFile(placeOf("http.md"), "utf8")).matchAll(/^```sh\n([\s\S]*?)^```$/gm),
  ];
  assert.ok(examples.length >= 4);
  await using server = new RunningCommand(["start", "--memory", "--port", "0", "--json"]);
  const { httpUrl } = await server.event<{ httpUrl: string }>();
  for (const [, example = ""] of examples) {
    const script = example
      .replaceAll("http://127.0.0.1:9000", httpUrl)
      .replaceAll(/\bcurl /g, "curl --silent --show-error --fail-with-body -w '\\n' ");
    const { stdout } = await run("bash", ["-euc", script]);
    for (const line of stdout.trim().split("\n")) {
      const isFrame = /^(?:retry: \d+|event: \w+|:)?$/.test(line);
      const data = line.replace(/^data: /, "");
      if (!isFrame) assert.equal(typeof JSON.parse(data), "object", line);
    }
  }
});
