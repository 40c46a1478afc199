import assert from "node:assert/strict";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";

/** A shape of the document, as far as tests look into it. */
export interface Shape {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Shape }>>;
}

/** A route of the document. */
export interface Operation extends Readonly<Pick<DocumentOperation, "operationId">> {
  readonly method: string;
  /** With names in braces. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Of a body that is JSON. */
  readonly body: Shape | undefined;
  readonly responses: Readonly<Record<string, Content>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Shape;
}

interface DocumentOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
}

/** The document of a server's API, to ask by and to hold answers against. */
export class ApiDocument {
  readonly text: string;
  readonly operations: readonly Operation[];
  readonly #root: Document;
  readonly #ajv: Ajv2020;

  private constructor(text: string) {
    this.text = text;
    this.#root = JSON.parse(text) as Document;
    this.operations = Object.entries(this.#root.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, said]) => ({
        operationId: said.operationId,
        method: method.toUpperCase(),
        path,
        parameters: said.parameters ?? [],
        body: said.requestBody?.content?.["application/json"]?.schema,
        responses: said.responses,
      })),
    );
    this.#ajv = new Ajv2020({ strict: false, allErrors: true });
    (formats as unknown as (ajv: Ajv2020) => void)(this.#ajv);
    this.#ajv.addSchema({ $id: "api", ...this.#root });
  }

  static async of(url: string): Promise<ApiDocument> {
    const answer = await fetch(`${url}/api/openapi.json`);
    return new ApiDocument(await answer.text());
  }

  /** Which operation a path belongs to; fixed parts go before names. */
  find(method: string, pathname: string): Operation | undefined {
    const names = (path: string): number => path.split("{").length;
    return this.operations
      .filter((each) => each.method === method && patternOf(each.path).test(pathname))
      .sort((a, b) => names(a.path) - names(b.path))[0];
  }

  /** What a shape refers to. */
  resolve(shape: Shape): Shape {
    let found = shape;
    while (found.$ref !== undefined) found = this.#at(found.$ref);
    return found;
  }

  /** Demands that a body is one that the document says this operation answers with this status. */
  checkAnswer(
    { operationId, method, path, responses }: Operation,
    status: number,
    body: unknown,
  ): void {
    const kind = `${Math.floor(status / 100)}xx`;
    const said = [`${status}`, kind, kind.toUpperCase(), "default"].find((key) => key in responses);
    assert.ok(said !== undefined, `${operationId} answers ${status}, of which nothing is said`);
    const [type] = Object.keys(responses[said]?.content ?? {});
    if (type === undefined || /event-stream|octet-stream/.test(type)) return;
    const tokens = ["paths", path, method.toLowerCase(), "responses", said, "content", type];
    const check = this.#check([...tokens, "schema"]);
    assert.ok(check(body), `${operationId} ${status}: ${this.#ajv.errorsText(check.errors)}`);
  }

  /** Demands that a body is one that the document lets be asked with. */
  checkRequest(id: string, body: unknown): void {
    const found = this.operations.find(({ operationId }) => operationId === id);
    assert.ok(found !== undefined, id);
    const { path, method } = found;
    const place = ["paths", path, method.toLowerCase(), "requestBody"];
    const check = this.#check([...place, "content", "application/json", "schema"]);
    assert.ok(check(body), `${id}: ${this.#ajv.errorsText(check.errors)}`);
  }

  #check(tokens: readonly string[]): ValidateFunction {
    const $ref = `api#/${tokens.map(pointerToken).map(encodeURIComponent).join("/")}`;
    return this.#ajv.getSchema($ref) ?? this.#ajv.compile({ $ref });
  }

  #at(pointer: string): Shape {
    let found: unknown = this.#root;
    for (const token of pointer.slice(2).split("/")) {
      const name = decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~");
      found = (found as Readonly<Record<string, unknown>>)[name];
    }
    return found as Shape;
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}

function pointerToken(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
