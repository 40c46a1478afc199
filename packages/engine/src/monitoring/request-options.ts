import { BadRequest } from "./bad-request.ts";

/** The body of a request is not what it has to be. */
export class MalformedOption extends BadRequest {}

/** The JSON object in the body of a request in the system account. Members that are not there are empty; others pass. */
export class RequestOptions {
  readonly #members: Readonly<Record<string, unknown>>;

  /** @throws MalformedOption where it is no JSON object. */
  constructor(body: string) {
    this.#members = parse(body);
  }

  /** @throws MalformedOption */
  text(name: string): string {
    const value = this.#get(name) ?? "";
    return typeof value === "string" ? value : refuse(name, value, "string");
  }

  /** @throws MalformedOption */
  boolean(name: string): boolean {
    const value = this.#get(name) ?? false;
    return typeof value === "boolean" ? value : refuse(name, value, "bool");
  }

  /** @throws MalformedOption */
  integer(name: string): number {
    const value = this.#get(name) ?? 0;
    return Number.isInteger(value) ? (value as number) : refuse(name, value, "int");
  }

  /** @throws MalformedOption */
  texts(name: string): readonly string[] {
    const value = this.#get(name) ?? [];
    const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
    return isList ? (value as string[]) : refuse(name, value, "[]string");
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#members, name) ? this.#members[name] : undefined;
  }
}

function parse(body: string): Readonly<Record<string, unknown>> {
  if (body === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw new MalformedOption((error as Error).message);
  }
  if (value === null) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new MalformedOption(`json: cannot unmarshal ${kindOf(value)} into Go value of type object`);
}

function refuse(name: string, value: unknown, type: string): never {
  throw new MalformedOption(
    `json: cannot unmarshal ${kindOf(value)} into Go struct field .${name} of type ${type}`,
  );
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}
