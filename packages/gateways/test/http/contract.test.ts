import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { test } from "node:test";

/** The console is built of what it imports: of the types of what is said over HTTP, nothing may be left in it. */
test("what is said over HTTP is types and nothing else", () => {
  const directory = join(import.meta.dirname, "../../src/http/contract");
  for (const file of readdirSync(directory)) {
    const code = stripTypeScriptTypes(readFileSync(join(directory, file), "utf8"));
    assert.equal(code.replaceAll(/\/\*.*?\*\//gs, "").trim(), "", file);
  }
});
