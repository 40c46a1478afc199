import assert from "node:assert/strict";
import { type CompiledSchema, describeViolation } from "@oxbow/gate";

/** What the schema says of the bytes, which stand between others in their buffer: `""` if they fit. */
export function verdict(schema: CompiledSchema, message: Uint8Array | string): string {
  const bytes = Buffer.from(message as string);
  const buffer = Buffer.concat([Buffer.from([0xff, 0x7b]), bytes, Buffer.from([0x00, 0xff])]);
  const found = schema.check(buffer, 2, 2 + bytes.length);
  return found === undefined ? "" : describeViolation(found);
}

/** The same for a value, as JSON. */
export function jsonVerdict(schema: CompiledSchema, value: unknown): string {
  return verdict(schema, JSON.stringify(value));
}

/** Asserts that what fits fits, and of what does not, what is said. */
export function assertVerdicts(
  schema: CompiledSchema,
  verdicts: readonly (readonly [message: Uint8Array | string, expected: string])[],
): void {
  for (const [message, expected] of verdicts) {
    assert.equal(
      verdict(schema, message),
      expected,
      Buffer.from(message as string).toString("latin1"),
    );
  }
}
