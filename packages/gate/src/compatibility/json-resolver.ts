/** A part of a JSON Schema. */
export type JsonPart = boolean | JsonObject;
export type JsonObject = Readonly<Record<string, unknown>>;

const hopsMax = 100;

/** Finds what `$ref` means within one schema and its references. */
export class JsonResolver {
  readonly #root: JsonPart;
  readonly #others: ReadonlyMap<string, JsonPart>;

  constructor(root: JsonPart, others: ReadonlyMap<string, JsonPart>) {
    this.#root = root;
    this.#others = others;
  }

  /** The part that is meant; what can't be followed stays as it is. */
  resolve(part: JsonPart): JsonPart {
    let current = part;
    for (let hop = 0; hop < hopsMax; hop++) {
      if (typeof current === "boolean" || typeof current["$ref"] !== "string") return current;
      const target = this.#find(current["$ref"]);
      if (target === undefined) return current;
      current = target;
    }
    return current;
  }

  #find(reference: string): JsonPart | undefined {
    const [file = "", fragment = ""] = reference.split("#", 2);
    let found: unknown = file === "" ? this.#root : this.#others.get(file);
    const tokens = fragment.split("/").slice(1);
    for (const token of tokens) {
      const key = decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~");
      found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
    }
    return isPart(found) && (fragment === "" || fragment.startsWith("/")) ? found : undefined;
  }
}

export function isPart(value: unknown): value is JsonPart {
  return typeof value === "boolean" || isObject(value);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
