import type { Schema } from "oxbow/control";

/** Schemas, each behind those that its active version refers to. */
export function inOrderOfReferences(schemas: readonly Schema[]): Schema[] {
  const ordered = new Set<Schema>();
  const add = (schema: Schema): void => {
    const active = schema.versions.find(({ isActive }) => isActive);
    for (const { schema: name } of active?.references ?? []) {
      const other = schemas.find((each) => each.name === name);
      if (other !== undefined && !ordered.has(other)) add(other);
    }
    ordered.add(schema);
  };
  for (const schema of schemas) add(schema);
  return [...ordered];
}
