import { isUtf8 } from "node:buffer";
import {
  buildASTSchema,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  validate,
  validateSchema,
} from "graphql";
import { gateError } from "../../errors.ts";
import { schemaLimits } from "../limits.ts";
import { Misfit } from "../path.ts";
import type { CompiledSchema, SchemaDefinition } from "../schema.ts";
import type { Violation } from "../violation.ts";
import { violationFrom } from "../violation-from.ts";

/** A GraphQL schema. Messages are documents with operations, such as queries, that are valid against it. */
export class GraphqlSchema implements CompiledSchema {
  readonly format = "graphql";
  readonly schema: GraphQLSchema;

  private constructor(schema: GraphQLSchema) {
    this.schema = schema;
  }

  /** What it refers to is added to it. @throws OxbowError `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE` */
  static compile({ text, references = [] }: SchemaDefinition): GraphqlSchema {
    const documents = [
      parseSchema(text, "the schema"),
      ...references.map((reference) => parseSchema(reference.text, reference.name)),
    ];
    const definitions = documents.flatMap((document) => document.definitions);
    try {
      const schema = buildASTSchema({ kind: Kind.DOCUMENT, definitions });
      const [problem] = validateSchema(schema);
      if (problem !== undefined) throw problem;
      return new GraphqlSchema(schema);
    } catch (error) {
      throw gateError("SCHEMA_INVALID", `the schema: ${(error as Error).message}`);
    }
  }

  check(buffer: Buffer, start: number, end: number): Violation | undefined {
    try {
      this.#check(buffer, start, end);
      return undefined;
    } catch (error) {
      return violationFrom(error);
    }
  }

  #check(buffer: Buffer, start: number, end: number): void {
    if (!isUtf8(buffer.subarray(start, end))) throw new Misfit("encoding", "is not UTF-8");
    const document = parseMessage(buffer.toString("utf8", start, end));
    const [problem] = validate(this.schema, document, undefined, { maxErrors: 1 });
    if (problem !== undefined) throw misfitOf(problem, "validation");
  }
}

function parseSchema(text: string, what: string): DocumentNode {
  try {
    return parse(text, { maxTokens: schemaLimits.graphqlTokensMax, noLocation: true });
  } catch (error) {
    const place = error instanceof GraphQLError ? placeOf(error) : "";
    throw gateError("SCHEMA_INVALID", `${what}: ${(error as Error).message}${place}`);
  }
}

function parseMessage(text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: schemaLimits.graphqlMessageTokensMax });
  } catch (error) {
    if (error instanceof GraphQLError) throw misfitOf(error, "syntax");
    throw error;
  }
}

/** The path of what does not fit is a line and a column, which the text tells. */
function misfitOf(error: GraphQLError, rule: string): Misfit {
  return new Misfit(rule, `${error.message.replace(/^Syntax Error: /, "")}${placeOf(error)}`);
}

function placeOf({ locations }: GraphQLError): string {
  const [at] = locations ?? [];
  return at === undefined ? "" : ` (line ${at.line}, column ${at.column})`;
}
