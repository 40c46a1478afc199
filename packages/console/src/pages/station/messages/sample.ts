/** Levels of a schema that refers to itself. */
const depthMax = 6;

type Fields = Readonly<Record<string, unknown>>;

/** A message as a JSON Schema wants it, or `undefined` if the text is no schema. */
export function sampleOfJsonSchema(text: string): unknown {
  const root = parsed(text);
  return isFields(root) ? sampleOf(root, root, 0) : undefined;
}

/** A message of an Avro schema, in Avro's JSON. */
export function sampleOfAvro(text: string): unknown {
  const named = new Map<string, unknown>();
  return avroSample(parsed(text), named, 0);
}

function sampleOf(schema: unknown, root: Fields, depth: number): unknown {
  if (!isFields(schema) || depth > depthMax) return null;
  const { $ref: reference } = schema;
  if (typeof reference === "string") return sampleOf(referred(reference, root), root, depth + 1);
  for (const name of ["const", "default"] as const) if (name in schema) return schema[name];
  const [example] = Array.isArray(schema["examples"]) ? (schema["examples"] as unknown[]) : [];
  if (example !== undefined) return example;
  if (Array.isArray(schema["enum"])) return (schema["enum"] as unknown[])[0];
  for (const name of ["anyOf", "oneOf"] as const) {
    const [first] = Array.isArray(schema[name]) ? (schema[name] as unknown[]) : [];
    if (first !== undefined) return sampleOf(first, root, depth + 1);
  }
  const { allOf } = schema;
  if (Array.isArray(allOf)) {
    const parts = allOf.map((part) => sampleOf(part, root, depth + 1));
    return Object.assign({}, ...parts.filter(isFields));
  }
  const type = Array.isArray(schema["type"]) ? (schema["type"] as unknown[])[0] : schema["type"];
  if (type === "object" || isFields(schema["properties"])) {
    const properties = isFields(schema["properties"]) ? schema["properties"] : {};
    const required = Array.isArray(schema["required"]) ? (schema["required"] as string[]) : [];
    const names = [...new Set([...required, ...Object.keys(properties)])];
    return Object.fromEntries(
      names.map((name) => [name, sampleOf(properties[name] ?? {}, root, depth + 1)]),
    );
  }
  return plainSample(type, schema, root, depth);
}

function plainSample(type: unknown, schema: Fields, root: Fields, depth: number): unknown {
  switch (type) {
    case "array":
      return [sampleOf(schema["items"] ?? {}, root, depth + 1)];
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

function avroSample(schema: unknown, named: Map<string, unknown>, depth: number): unknown {
  if (depth > depthMax) return null;
  if (Array.isArray(schema)) {
    const [first] = schema as unknown[];
    const value = avroSample(first, named, depth + 1);
    if (first === "null" || value === null) return null;
    return {
      [typeof first === "string"
        ? first
        : String((first as Fields)["name"] ?? (first as Fields)["type"])]: value,
    };
  }
  if (typeof schema === "string") {
    const plain: Readonly<Record<string, unknown>> = {
      ...{ null: null, boolean: true, int: 1, long: 1, float: 1.5, double: 1.5 },
      ...{ bytes: "", string: "text" },
    };
    return schema in plain
      ? plain[schema]
      : avroSample(named.get(schema) ?? "null", named, depth + 1);
  }
  if (!isFields(schema)) return null;
  const { type, name } = schema;
  if (typeof name === "string") named.set(name, schema);
  switch (type) {
    case "record":
      return Object.fromEntries(
        (Array.isArray(schema["fields"]) ? (schema["fields"] as Fields[]) : []).map((field) => [
          String(field["name"]),
          avroSample(field["type"], named, depth + 1),
        ]),
      );
    case "enum":
      return Array.isArray(schema["symbols"]) ? (schema["symbols"] as unknown[])[0] : null;
    case "array":
      return [avroSample(schema["items"], named, depth + 1)];
    case "map":
      return { name: avroSample(schema["values"], named, depth + 1) };
    case "fixed":
      return "\u0000".repeat(Math.min(1_000, Number(schema["size"]) || 0));
    default:
      return avroSample(type, named, depth + 1);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
