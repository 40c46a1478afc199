import { type Fields, isFields, sampleOf } from "../../../parts/json-sample.ts";

/** Levels of a schema that refers to itself. */
const depthMax = 6;

/** A message as a JSON Schema wants it, or `undefined` if the text is no schema. */
export function sampleOfJsonSchema(text: string): unknown {
  const root = parsed(text);
  return isFields(root) ? sampleOf(root, root) : undefined;
}

/** A message of an Avro schema, in Avro's JSON. */
export function sampleOfAvro(text: string): unknown {
  const named = new Map<string, unknown>();
  return avroSample(parsed(text), named, 0);
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
