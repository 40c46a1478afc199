import assert from "node:assert/strict";
import type { OfficialClient } from "../support/official-client.ts";

/** A JSON Schema of objects with these properties, which they must have. */
export function object(types: Readonly<Record<string, string>>): string {
  const properties = Object.entries(types).map(([name, type]) => [name, { type }]);
  return JSON.stringify({
    type: "object",
    properties: Object.fromEntries(properties),
    required: Object.keys(types),
  });
}

export async function rejects(
  promise: Promise<unknown>,
  code: string,
  message: RegExp,
): Promise<void> {
  await assert.rejects(promise, (error: Error & { code?: string }) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}

/** Deletes everything that a test has left. */
export async function emptied({ jsm }: OfficialClient): Promise<void> {
  for await (const name of jsm.streams.names()) await jsm.streams.delete(name);
}
