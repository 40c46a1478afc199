/** Levels of a schema that refers to itself. */
const depthMax = 6;

export type Fields = Readonly<Record<string, unknown>>;

export interface SampleOptions {
  /** Whether fields that may be left out are. */
  readonly isLeast?: boolean;
}

/**
 * A value as a JSON Schema wants it.
 *
 * @param root - What it refers into.
 */
export function sampleOf(
  schema: unknown,
  root: Fields,
  options: SampleOptions = {},
  depth = 0,
): unknown {
  if (!isFields(schema) || depth > depthMax) return null;
  const { $ref: reference } = schema;
  if (typeof reference === "string")
    return sampleOf(referred(reference, root), root, options, depth + 1);
  for (const name of ["const", "default"] as const) if (name in schema) return schema[name];
  const [example] = Array.isArray(schema["examples"]) ? (schema["examples"] as unknown[]) : [];
  if (example !== undefined) return example;
  if (Array.isArray(schema["enum"])) return (schema["enum"] as unknown[])[0];
  for (const name of ["anyOf", "oneOf"] as const) {
    const [first] = Array.isArray(schema[name]) ? (schema[name] as unknown[]) : [];
    if (first !== undefined) return sampleOf(first, root, options, depth + 1);
  }
  const { allOf } = schema;
  if (Array.isArray(allOf)) {
    const parts = allOf.map((part) => sampleOf(part, root, options, depth + 1));
    return Object.assign({}, ...parts.filter(isFields));
  }
  const type = Array.isArray(schema["type"]) ? (schema["type"] as unknown[])[0] : schema["type"];
  if (type === "object" || isFields(schema["properties"])) {
    const properties = isFields(schema["properties"]) ? schema["properties"] : {};
    const required = Array.isArray(schema["required"]) ? (schema["required"] as string[]) : [];
    const optional = options.isLeast === true ? [] : Object.keys(properties);
    const names = [...new Set([...required, ...optional])];
    return Object.fromEntries(
      names.map((name) => [name, sampleOf(properties[name] ?? {}, root, options, depth + 1)]),
    );
  }
  return plainSample(type, schema, root, options, depth);
}

function plainSample(
  type: unknown,
  schema: Fields,
  root: Fields,
  options: SampleOptions,
  depth: number,
): unknown {
  switch (type) {
    case "array":
      return [sampleOf(schema["items"] ?? {}, root, options, depth + 1)];
    case "integer":
    case "number": {
      const { minimum, exclusiveMinimum } = schema;
      if (typeof minimum === "number") return minimum;
      return typeof exclusiveMinimum === "number" ? exclusiveMinimum + 1 : 1;
    }
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return textSample(schema);
  }
}

function textSample({ format, minLength }: Fields): string {
  const formats: Readonly<Record<string, string>> = {
    "date-time": new Date().toISOString(),
    date: new Date().toISOString().slice(0, 10),
    time: "12:00:00Z",
    email: "ada@example.com",
    uuid: crypto.randomUUID(),
    uri: "https://example.com/",
  };
  const known = typeof format === "string" ? formats[format] : undefined;
  const text = known ?? "text";
  return typeof minLength === "number" ? text.padEnd(Math.min(minLength, 1_000), "x") : text;
}

function referred(reference: string, root: Fields): unknown {
  if (!reference.startsWith("#")) return undefined;
  let place: unknown = root;
  for (const part of reference.slice(1).split("/").filter(Boolean)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    place = isFields(place) ? place[name] : undefined;
  }
  return place;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
