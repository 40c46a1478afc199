import assert from "node:assert/strict";
import { test } from "node:test";
import { checkJsonDepth, jsonDepthMax } from "../../src/http/api/json-depth.ts";

test("JSON is taken as deep as it may be, and brackets in texts are none", () => {
  const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  checkJsonDepth(nested(jsonDepthMax));
  assert.throws(() => checkJsonDepth(nested(jsonDepthMax + 1)), { code: "HTTP_REQUEST_INVALID" });
  checkJsonDepth(`[${"[],".repeat(1_000)}{}]`);
  checkJsonDepth(JSON.stringify({ text: `\\"${"[{".repeat(1_000)}` }));
  assert.throws(
    () => checkJsonDepth(`{"a":"\\"",${'"b":{'.repeat(jsonDepthMax)}`),
    /in each other/,
  );
});
