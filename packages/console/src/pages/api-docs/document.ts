import type { Endpoints } from "@oxbow/gateways/http/contract";
import { queryOptions } from "@tanstack/react-query";
import { problemOf, unreachable } from "../../api/problem.ts";

/** What a value is like, as of JSON Schema 2020-12, as far as the server's document uses it. */
export interface Shape {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly prefixItems?: readonly Shape[];
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly contentEncoding?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Shape;
}

/** What a request or an answer carries, by its types. */
type Content = Readonly<Record<string, { readonly schema?: Shape; readonly example?: unknown }>>;

interface Said {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Content }>
  >;
}

/** The server's document, as of OpenAPI 3.1. */
export interface ApiDocument {
  readonly info: { readonly version: string };
  readonly tags: readonly {
    readonly name: string;
    readonly "x-displayName": string;
    readonly description: string;
  }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Said>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Shape>> };
  readonly "x-problems": readonly {
    readonly code: string;
    readonly status: number;
    readonly retryable: boolean;
  }[];
}

/** Something that the server can be asked for. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With names in braces. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** Those of the path first. */
  readonly parameters: readonly Parameter[];
  readonly body: Body | undefined;
  readonly answers: readonly Answer[];
}

/** What is carried, in one of several types. */
export interface Body {
  readonly types: readonly string[];
  readonly shape: Shape;
  readonly isRequired: boolean;
  /** `undefined` where there is none. */
  readonly example: unknown;
}

export interface Answer {
  /** `default` for every other one. */
  readonly status: string;
  readonly description: string;
  readonly types: readonly string[];
  readonly shape: Shape;
}

/** Nobody has to log in for it. */
export const documentQuestion = queryOptions({
  queryKey: ["api-document"],
  queryFn: async () => {
    const response = await fetch("/api/openapi.json").catch(unreachable);
    if (!response.ok) throw await problemOf(response);
    return (await response.json()) as ApiDocument;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/** Whether programs have to say who they are; who is not logged in is not told, and takes it that they have. */
export const isKeyNeededQuestion = queryOptions({
  queryKey: ["api-is-key-needed"],
  queryFn: async () => {
    const response = await fetch("/api/v1/endpoints").catch(unreachable);
    return !response.ok || ((await response.json()) as Endpoints).nats.isAuthRequired;
  },
});

const places = ["path", "query", "header"];

/** All of them, by what they are about, in the order of the document. */
export function operationsOf({ tags, paths }: ApiDocument): readonly Operation[] {
  const order = tags.map(({ name }) => name);
  return Object.entries(paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, said]) => operationOf(path, method, said)),
    )
    .sort((a, b) => order.indexOf(a.tag) - order.indexOf(b.tag));
}

function operationOf(path: string, method: string, said: Said): Operation {
  const { operationId: id, summary = id, description = "", tags = [], requestBody } = said;
  const { parameters = [] } = said;
  return {
    ...{ id, path, description, method: method.toUpperCase(), tag: tags[0] ?? "" },
    summary: summary.replaceAll("`", ""),
    parameters: parameters.toSorted((a, b) => places.indexOf(a.in) - places.indexOf(b.in)),
    body: requestBody && {
      ...carried(requestBody.content),
      isRequired: requestBody.required === true,
      example: Object.values(requestBody.content)[0]?.example,
    },
    answers: Object.entries(said.responses).map(([status, answer]) => ({
      ...{ status, description: answer.description },
      ...carried(answer.content ?? {}),
    })),
  };
}

function carried(content: Content): Pick<Answer, "types" | "shape"> {
  const types = Object.keys(content);
  return { types, shape: content[types[0] ?? ""]?.schema ?? {} };
}
