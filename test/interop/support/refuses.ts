import assert from "node:assert/strict";

/** Checks that `promise` fails with this code of the platform and a text like that. */
export async function refuses(
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
