import type { ErrorTraits } from "@oxbow/base";
import { apiErrors, platformErrors } from "oxbow/control";
import { clientErrors } from "oxbow/internal";
import { httpErrors } from "../errors.ts";
import { statusOf } from "../problems/problem.ts";
import { mapped } from "./mapped.ts";
import { tags } from "./tags.ts";
import { type Asked, shapesWithWords, withWords } from "./with-words.ts";

/** A document, as far as it matters here. */
interface Document {
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation extends Asked {
  readonly responses: Readonly<Record<string, Answer>>;
}

interface Answer {
  readonly description: string;
  readonly content?: Readonly<Record<string, unknown>>;
}

/** The document as it is served, of what the routes have said. */
export function finishedDocument(said: object): object {
  const document = said as Document;
  const paths = mapped(document.paths ?? {}, (methods) =>
    mapped(methods, (operation) => withWords(withAnswers(operation))),
  );
  return { ...withoutUnused({ ...document, paths }), tags, "x-problems": problems() };
}

const descriptions: Readonly<Record<string, string>> = {
  202: "It is begun, and goes on.",
  207: "A part of it is done: the answer says which.",
};

/** What is answered besides JSON, and that what went wrong is told as a problem. */
function withAnswers(operation: Operation): Operation {
  const { default: failed, ...answers } = operation.responses;
  const types = Object.keys(failed?.content ?? {});
  // A route that answers something else than JSON has said so of all of its answers.
  const isForeign = types.length > 0 && !types.includes("application/json");
  const content = Object.fromEntries(types.map((type) => [type, { schema: shapeOf(type) }]));
  return {
    ...operation,
    responses: {
      ...mapped(answers, (answer, status) => ({
        ...answer,
        description: descriptions[status] ?? "It is done.",
      })),
      ...(isForeign && { 200: { description: "What was asked for.", content } }),
      default: {
        description: "It was refused, or failed: `code` says why.",
        content: {
          "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
        },
      },
    },
  };
}

function shapeOf(type: string): object {
  return type === "application/octet-stream"
    ? { type: "string", format: "binary" }
    : { type: "string" };
}

/** Each code that a problem can have, with its status. */
function problems(): readonly object[] {
  const all: Readonly<Record<string, ErrorTraits>> = {
    ...clientErrors,
    ...apiErrors,
    ...platformErrors,
    ...httpErrors,
  };
  return Object.entries(all)
    .map(([code, { kind, retryable }]) => ({ code, status: statusOf({ code, kind }), retryable }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** Each shape comes as it is asked for and as it is answered; those that nothing refers to are left out. */
function withoutUnused(document: Document): Document {
  const { schemas = {}, ...components } = document.components ?? {};
  const used = new Set<string>();
  const look = (text: string): void => {
    for (const [, name = ""] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      look(JSON.stringify(schemas[name] ?? {}));
    }
  };
  look(JSON.stringify({ ...document, components }));
  const kept = Object.entries(schemas).filter(([name]) => used.has(name));
  return {
    ...document,
    components: { ...components, schemas: shapesWithWords(Object.fromEntries(kept)) },
  };
}
