import { examples } from "./examples.ts";
import { wordsFor } from "./field-words.ts";
import { mapped } from "./mapped.ts";

/** A shape of the document, as far as it has fields. */
interface Shape {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly $ref?: string;
}

interface Content {
  readonly content?: Readonly<
    Record<string, { readonly schema?: Shape; readonly example?: unknown }>
  >;
}

/** What of an operation is a request. */
export interface Asked {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly description?: string;
    readonly schema?: Shape;
  }[];
  readonly requestBody?: Content;
}

/** Shapes with a name that are settings of what operations of this tag are about. */
const tagOfShape: Readonly<Record<string, string>> = {
  ...{ StationSettings: "station", GroupSettings: "group", Batch: "message" },
  ...{ Settlements: "message", MessagesToEncode: "message", Login: "session" },
};

/** Says what each field and parameter of a request is for, where nobody has, and gives an example. */
export function withWords<Operation extends Asked>(operation: Operation): Operation {
  const { operationId = "", tags: [tag = ""] = [], parameters, requestBody } = operation;
  const example = examples[operationId];
  return {
    ...operation,
    ...(parameters !== undefined && {
      parameters: parameters.map((each) => {
        const description = each.description ?? wordsFor(tag, [each.name]);
        return { ...each, ...(description !== undefined && { description }) };
      }),
    }),
    ...(requestBody?.content !== undefined && {
      requestBody: {
        ...requestBody,
        content: mapped(requestBody.content, ({ schema = {}, ...said }) => ({
          ...said,
          schema: told(schema, tag, []),
          ...(example !== undefined && { example }),
        })),
      },
    }),
  };
}

/** The same for shapes that are told by their name. */
export function shapesWithWords(
  shapes: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return mapped(shapes, (shape, name) => {
    // What is asked for and what is answered may differ, and be called so.
    const tag = tagOfShape[name.replace(/Input$/, "")];
    return tag === undefined ? shape : told(shape as Shape, tag, []);
  });
}

function told(shape: Shape, tag: string, trail: readonly string[]): Shape {
  const { properties, items, anyOf, oneOf, allOf } = shape;
  const go = (each: Shape): Shape => told(each, tag, trail);
  return {
    ...shape,
    ...(properties !== undefined && {
      properties: mapped(properties, (field, name) => {
        const place = [...trail, name];
        const description = field.description ?? wordsFor(tag, place);
        return { ...told(field, tag, place), ...(description !== undefined && { description }) };
      }),
    }),
    ...(items !== undefined && { items: go(items) }),
    ...(anyOf !== undefined && { anyOf: anyOf.map(go) }),
    ...(oneOf !== undefined && { oneOf: oneOf.map(go) }),
    ...(allOf !== undefined && { allOf: allOf.map(go) }),
  };
}
