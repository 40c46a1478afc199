import { gateError } from "../errors.ts";
import { schemaLimits } from "./limits.ts";
import type { SchemaDefinition } from "./schema.ts";

/** Bytes of a schema's text and of all that it refers to, in UTF-8. */
export function textBytesOf({ text, references = [] }: SchemaDefinition): number {
  return references.reduce(
    (sum, reference) => sum + Buffer.byteLength(reference.text),
    Buffer.byteLength(text),
  );
}

/** @throws OxbowError `SCHEMA_TOO_LARGE`, or `SCHEMA_INVALID` where two references have one name. */
export function checkBounds(definition: SchemaDefinition): void {
  const { references = [] } = definition;
  if (references.length > schemaLimits.referencesMax) {
    throw gateError(
      "SCHEMA_TOO_LARGE",
      `a schema has ${references.length} references, more than ${schemaLimits.referencesMax}`,
    );
  }
  const bytes = textBytesOf(definition);
  if (bytes > schemaLimits.textBytesMax) {
    throw gateError(
      "SCHEMA_TOO_LARGE",
      `a schema has ${bytes} bytes with its references, more than ${schemaLimits.textBytesMax}`,
    );
  }
  const names = new Set<string>();
  for (const { name } of references) {
    if (names.has(name)) throw gateError("SCHEMA_INVALID", `two references are named ${name}`);
    names.add(name);
  }
}
