import assert from "node:assert/strict";
import { test } from "node:test";
import { listFiles, readText } from "./support/repository.ts";

const files = listFiles();

/** Documents that readers and tools look for under a fixed, capital name. */
const capitalNames = /^(?:LICENSE|[A-Z]+\.md)$/;
const kebabName = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*$/;

/** Absolute paths that exist on one machine only. */
const machinePath = /(?<![\w.~:/-])\/(?:home|root|tmp|Users|work)\/\w/;

/** Marks of work that was left undone. */
const leftover = /\b(?:FIXME|TODO|XXX|HACK)\b/;

function filesMatching(pattern: RegExp): string[] {
  return files.filter((file) => file !== "LICENSE" && pattern.test(readText(file)));
}

test("names of files and directories are in kebab-case", () => {
  const parts = files.flatMap((file) => file.split("/").map((part) => ({ file, part })));
  const refused = parts.filter(({ part }) => !kebabName.test(part) && !capitalNames.test(part));
  assert.deepEqual(
    refused.map(({ file }) => file),
    [],
  );
});

test("no file names a path of somebody's machine", () => {
  assert.deepEqual(filesMatching(machinePath), []);
});

test("no file marks unfinished work", () => {
  const marked = filesMatching(leftover).filter((file) => file !== "test/house/files.test.ts");
  assert.deepEqual(marked, []);
});

test("every text file ends with a newline", () => {
  const refused = files.filter((file) => {
    const text = readText(file);
    return text.length > 0 && !text.includes("\0") && !text.endsWith("\n");
  });
  assert.deepEqual(refused, []);
});

test("the layers that run in the simulator ask Host for the time, never the system", () => {
  const ambientDate = /\bnew Date\(\s*\)|(?<!new\s+|[.\w])Date\(/;
  const pure = files.filter((file) => /^packages\/(?:base|wire|log|engine|gate)\/src\//.test(file));
  const refused = pure.filter((file) => ambientDate.test(readText(file)));
  assert.deepEqual(refused, []);
});
