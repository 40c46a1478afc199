import { gateError } from "../errors.ts";
import type { Field, Shape } from "./shape.ts";

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * An Avro schema for what was learned: whole numbers are `long`, others `double`, and what is not in every record may be
 * `null`.
 *
 * @param name - Of the record.
 * @throws OxbowError `SCHEMA_INVALID` where Avro has no way to say it
 */
export function avroSchemaOf(shape: Shape, name: string): unknown {
  return new AvroMaker().typeOf(shape, name, "");
}

class AvroMaker {
  /** Each name of a record is taken once. */
  readonly #names = new Set<string>();

  typeOf(shape: Shape, name: string, path: string, isOptional = false): unknown {
    const { booleans, integers, fractions, strings, objects, items, nulls } = shape;
    const types: unknown[] = [];
    if (nulls > 0 || isOptional) types.push("null");
    if (booleans > 0) types.push("boolean");
    if (integers + fractions > 0) types.push(fractions > 0 ? "double" : "long");
    if (strings > 0) types.push("string");
    if (items !== undefined) types.push(this.#array(shape, items, name, path));
    if (objects > 0) types.push(this.#record(shape, name, path));
    const [first] = types;
    return types.length === 1 ? first : types;
  }

  #array({ elements }: Shape, items: Shape, name: string, path: string): unknown {
    if (elements === 0) {
      const message = `${placeOf(path)}: it is empty in all samples: give one in which it has something`;
      throw gateError("SCHEMA_INVALID", message);
    }
    return { type: "array", items: this.typeOf(items, `${name}Item`, `${path}/0`) };
  }

  #record({ objects, fields }: Shape, wanted: string, path: string): unknown {
    const name = this.#freeName(recordName(wanted));
    const made = [...fields].map(([field, content]) =>
      this.#field(field, content, objects, `${name}_${field}`, path),
    );
    return { type: "record", name, fields: made };
  }

  #field(name: string, { count, shape }: Field, objects: number, type: string, path: string) {
    const place = `${path}/${name}`;
    if (!namePattern.test(name)) {
      const message = `${placeOf(place)}: ${JSON.stringify(name)} is no name in Avro: use letters, digits and "_"`;
      throw gateError("SCHEMA_INVALID", message);
    }
    const isOptional = count < objects;
    const isNullable = isOptional || shape.nulls > 0;
    const made = this.typeOf(shape, type, place, isOptional);
    return { name, type: made, ...(isNullable && { default: null }) };
  }

  #freeName(wanted: string): string {
    let name = wanted;
    for (let count = 2; this.#names.has(name); count++) name = `${wanted}${count}`;
    this.#names.add(name);
    return name;
  }
}

/** `Order_delivery_address` becomes `OrderDeliveryAddress`. */
function recordName(wanted: string): string {
  const words = wanted.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const name = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join("");
  return namePattern.test(name) ? name : `Record${name}`;
}

function placeOf(path: string): string {
  return path === "" ? "the sample" : path;
}
