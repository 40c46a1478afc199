import type { Shape } from "./shape.ts";

type Rules = Readonly<Record<string, unknown>>;

/** JSON Schema (draft 2020-12) that all of what was learned fits. */
export function jsonSchemaOf(shape: Shape): Rules {
  return { $schema: "https://json-schema.org/draft/2020-12/schema", ...rulesOf(shape) };
}

function rulesOf(shape: Shape): Rules {
  const { strings, formats, objects, fields, items, elements } = shape;
  const types = typesOf(shape);
  const [format] = formats;
  const required = [...fields].filter(([, { count }]) => count === objects).map(([name]) => name);
  const properties = [...fields].map(([name, field]) => [name, rulesOf(field.shape)] as const);
  return {
    ...(types.length > 0 && { type: types.length === 1 ? types[0] : types }),
    ...(strings > 0 && format !== undefined && { format }),
    ...(objects > 0 && { properties: Object.fromEntries(properties) }),
    ...(required.length > 0 && { required }),
    // Of arrays that were all empty nothing is known.
    ...(items !== undefined && elements > 0 && { items: rulesOf(items) }),
  };
}

function typesOf(shape: Shape): string[] {
  const { booleans, integers, fractions, strings, objects, items, nulls } = shape;
  const number = fractions > 0 ? "number" : "integer";
  const found: readonly (readonly [boolean, string])[] = [
    [objects > 0, "object"],
    [items !== undefined, "array"],
    [strings > 0, "string"],
    [integers + fractions > 0, number],
    [booleans > 0, "boolean"],
    [nulls > 0, "null"],
  ];
  return found.filter(([isThere]) => isThere).map(([, type]) => type);
}
