import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path/posix";
import { test } from "node:test";
import { allCases, selectCases } from "../../bench/cases/catalog.ts";
import { listFiles, readText, rootDirectory } from "./support/repository.ts";

/**
 * Goal: whoever doubts a number finds the run it is from, and the command that makes another. Method: the files of
 * `bench` that a document names are there, and the cases of its commands can be run.
 */
const files = listFiles();
const documents = files.filter((file) => file.endsWith(".md"));
const sources = files.filter((file) => file.endsWith(".ts") && !file.startsWith("test/house/"));

/** What `pattern` finds in each of `places`, with the place. */
function named(places: readonly string[], pattern: RegExp): { place: string; name: string }[] {
  return places.flatMap((place) =>
    [...readText(place).matchAll(pattern)].map(([all, name = all]) => ({ place, name })),
  );
}

test("results and benchmarks that documents and comments name are there", () => {
  const found = named(
    [...documents, ...sources],
    /\bbench\/(?:results|micro)\/[\w.-]+\.(?:md|json|ts)\b/g,
  );
  assert.ok(found.length > 4, "they were found");
  assert.deepEqual(
    found.filter(({ name }) => !existsSync(join(rootDirectory, name))),
    [],
  );
});

test("a result is there for people and for machines", () => {
  const results = readdirSync(join(rootDirectory, "bench/results"));
  assert.ok(results.length > 0, "they were found");
  const bases = results.map((file) => file.replace(/\.(?:md|json)$/, ""));
  assert.deepEqual(
    bases
      .flatMap((base) => [`${base}.md`, `${base}.json`])
      .filter((file) => !results.includes(file)),
    [],
  );
});

test("cases that documents say to run exist", () => {
  const found = named(documents, /npm run bench -- [^`\n]*--only ([\w.,]+)/g);
  assert.ok(found.length > 0, "they were found");
  for (const { place, name } of found) {
    assert.doesNotThrow(() => selectCases(allCases, name.split(",")), `${place}: ${name}`);
  }
});
