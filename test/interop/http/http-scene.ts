import assert from "node:assert/strict";
import { type Method, routes } from "@oxbow/gateways/http";
import { Scene } from "../users/scene.ts";

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  readonly body: any;
}

/** How somebody asks. */
export interface Ask {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server with its HTTP door, and somebody who asks there. */
export class HttpScene implements AsyncDisposable {
  readonly scene: Scene;

  private constructor(scene: Scene) {
    this.scene = scene;
  }

  static async open(
    flags: Readonly<Record<string, string | boolean>> = {},
    environment: Readonly<Record<string, string>> = {},
  ): Promise<HttpScene> {
    return new HttpScene(await Scene.open(flags, environment));
  }

  get url(): string {
    const { httpUrl } = this.scene.server;
    assert.ok(httpUrl !== undefined, "the server has an HTTP door");
    return httpUrl;
  }

  /** Asks for something below `/api/v1`. An answer that is no error has to be as the document says. */
  async ask(method: Method, path: string, { body, headers = {} }: Ask = {}): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        connection: "close",
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer: Answer = {
      status: response.status,
      headers: response.headers,
      body: await response.json(),
    };
    const isProblem = response.status >= 400;
    const type = isProblem ? "application/problem+json" : "application/json";
    assert.ok(response.headers.get("content-type")?.startsWith(type));
    if (isProblem) assert.equal(answer.body.status, response.status);
    else checkShape(method, path, answer.body);
    return answer;
  }

  /** Asks for what has to be answered with 200 or 202. */
  async get(method: Method, path: string, ask: Ask = {}): Promise<Answer["body"]> {
    const { status, body } = await this.ask(method, path, ask);
    assert.ok(status < 300, `${method} ${path}: ${JSON.stringify(body)}`);
    return body;
  }

  /** Asks for what has to be refused. */
  async refuses(
    status: number,
    code: string,
    [method, path, ask = {}]: readonly [Method, string, Ask?],
  ): Promise<string> {
    const answer = await this.ask(method, path, ask);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    assert.equal(answer.body.code, code, JSON.stringify(answer.body));
    return answer.body.detail;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.scene[Symbol.asyncDispose]();
  }
}

/** `Authorization` of a user and its password. */
export function basic(user: string, password: string): Readonly<Record<string, string>> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}

export function bearer(key: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${key}` };
}

const patterns = Object.values(routes).map(({ method, path, answer }) => ({
  method,
  answer,
  path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
  isFixed: !path.includes("{"),
}));

function checkShape(method: Method, pathAndQuery: string, body: unknown): void {
  const [path = ""] = pathAndQuery.split("?", 1);
  const found = patterns
    .filter((each) => each.method === method && each.path.test(path))
    .sort((a, b) => Number(b.isFixed) - Number(a.isFixed))[0];
  const problem = found?.answer.safeParse(body).error;
  assert.equal(problem, undefined, `${method} ${path} is not as documented: ${problem?.message}`);
}
