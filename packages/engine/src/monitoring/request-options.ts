import { type JsonNode, JsonParser, JsonSyntaxError } from "../json/json-syntax.ts";
import { BadRequest } from "./bad-request.ts";

/** The body of a request is not what it has to be; the message is Go's. */
export class MalformedOption extends BadRequest {}

/** What nats-server calls what a request asks for, in its error texts. */
export interface RequestType {
  /** All of it: `ConnzEventOptions`. */
  readonly name: string;
  /** The part about the matter: `ConnzOptions`. */
  readonly part?: string;
}

/** The part of every request that says which servers are meant. */
const filterPart = "EventFilterOptions";
/** Bodies above this many bytes are refused unread; no request comes near. */
const bodySizeMax = 64 * 1024;
const signedForm = /^-?\d{1,18}$/;
const unsignedForm = /^\d{1,19}$/;

/**
 * The JSON object in the body of a request in the system account. Members that are not there are empty; others pass. As
 * in Go, names are found in any case, and of one that comes twice the last counts.
 */
export class RequestOptions {
  readonly #type: RequestType;
  readonly #members: ReadonlyMap<string, JsonNode>;
  readonly #body: string;

  /**
   * @param body - Its bytes, one per character.
   * @throws MalformedOption where it is no JSON object.
   */
  constructor(body: string, type: RequestType) {
    this.#body = body;
    this.#type = type;
    this.#members = membersOf(body, type);
  }

  /** @throws MalformedOption */
  text(name: string, part: string | undefined = this.#type.part): string {
    const node = this.#get(name);
    if (node === undefined) return "";
    return node.kind === "string" ? node.value : this.#refuse(name, node, "string", part);
  }

  /** @throws MalformedOption */
  boolean(name: string, part: string | undefined = this.#type.part): boolean {
    const node = this.#get(name);
    if (node === undefined) return false;
    return node.kind === "bool" ? node.value : this.#refuse(name, node, "bool", part);
  }

  /** @throws MalformedOption */
  integer(name: string, type = "int"): number {
    const node = this.#get(name);
    if (node === undefined) return 0;
    const digits = this.#body.slice(node.start, node.end);
    const form = type === "uint64" ? unsignedForm : signedForm;
    if (node.kind === "number" && form.test(digits)) return Number(digits);
    const shown = node.kind === "number" ? ` ${digits.slice(0, 64)}` : "";
    return this.#refuse(name, node, type, this.#type.part, shown);
  }

  /** @throws MalformedOption */
  texts(name: string, part: string | undefined = this.#type.part): readonly string[] {
    const node = this.#get(name);
    if (node === undefined) return [];
    if (node.kind !== "array") return this.#refuse(name, node, "[]string", part);
    return node.items.map((item) =>
      item.kind === "string" ? item.value : this.#refuse(name, item, "string", part),
    );
  }

  /** Names of the servers that are meant, by what has to fit. */
  filter(name: "server_name" | "host" | "cluster" | "domain"): string {
    return this.text(name, filterPart);
  }

  filterTags(): readonly string[] {
    return this.texts("tags", filterPart);
  }

  /** Whether names have to be the same, and not only to hold what is asked for. */
  isFilterExact(): boolean {
    return this.boolean("exact_match", filterPart);
  }

  #get(name: string): JsonNode | undefined {
    const node = this.#members.get(name);
    return node?.kind === "null" ? undefined : node;
  }

  #refuse(
    name: string,
    node: JsonNode,
    type: string,
    part: string | undefined,
    detail = "",
  ): never {
    const path = part === undefined ? name : `${part}.${name}`;
    throw new MalformedOption(
      `json: cannot unmarshal ${node.kind}${detail} into Go struct field ${this.#type.name}.${path} of type ${type}`,
    );
  }
}

function membersOf(body: string, type: RequestType): ReadonlyMap<string, JsonNode> {
  if (body === "") return new Map();
  if (body.length > bodySizeMax) {
    throw new MalformedOption(`request of ${body.length} bytes exceeds ${bodySizeMax}`);
  }
  const node = parse(body);
  if (node.kind === "null") return new Map();
  if (node.kind !== "object") {
    throw new MalformedOption(
      `json: cannot unmarshal ${node.kind} into Go value of type server.${type.name}`,
    );
  }
  return new Map(node.members.map(({ key, value }) => [key.toLowerCase(), value]));
}

function parse(body: string): JsonNode {
  const parser = new JsonParser(body);
  try {
    const node = parser.next();
    if (!parser.isAtEnd()) parser.fail("after top-level value");
    return node;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const isCutShort = error.offset === undefined;
    throw new MalformedOption(isCutShort ? "unexpected end of JSON input" : error.message);
  }
}
