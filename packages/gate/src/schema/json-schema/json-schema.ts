import { _, type Ajv, type KeywordCxt, type Options, type ValidateFunction } from "ajv";
import { gateError } from "../../errors.ts";
import { textBytesOf } from "../definition-bounds.ts";
import { parseJsonText } from "../json-text.ts";
import type { CompiledSchema, SchemaDefinition } from "../schema.ts";
import type { Violation } from "../violation.ts";
import { violationFrom } from "../violation-from.ts";
import { OverBudget, WorkBudget } from "../work-budget.ts";
import { compilerFor } from "./dialects.ts";
import { addFormats } from "./formats.ts";
import { Instrument, workKeyword } from "./instrument.ts";
import { violationOf } from "./json-violation.ts";
import { Pattern } from "./pattern.ts";
import { areUnique } from "./unique-items.ts";

/**
 * JSON Schema of draft-04, 06, 07, 2019-09 and 2020-12. Messages are JSON texts in UTF-8 (RFC 8259). Formats are checked.
 * What `$ref` names must be in the schema or among its references: nothing is fetched.
 */
export class JsonSchema implements CompiledSchema {
  readonly format = "json";
  readonly #validate: ValidateFunction;
  readonly #budget: WorkBudget;

  private constructor(validate: ValidateFunction, budget: WorkBudget) {
    this.#validate = validate;
    this.#budget = budget;
  }

  /** @throws OxbowError `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE`, `SCHEMA_REFERENCE_MISSING` */
  static compile(definition: SchemaDefinition): JsonSchema {
    const budget = new WorkBudget();
    const instrument = new Instrument();
    const schema = parse(definition.text, "the schema");
    const ajv = compilerFor(schema, options(budget));
    addFormats(ajv, budget);
    addWorkKeyword(ajv, budget);
    addUniqueItems(ajv, budget);
    // What the dialect says of schemas is checked by the same means as messages.
    budget.start(textBytesOf(definition));
    try {
      for (const { name, text } of definition.references ?? []) {
        const reference = instrument.copy(parse(text, `the reference ${name}`));
        ajv.addSchema(reference as object, name);
      }
      return new JsonSchema(ajv.compile(instrument.copy(schema) as object), budget);
    } catch (error) {
      throw explained(error);
    }
  }

  check(buffer: Buffer, start: number, end: number): Violation | undefined {
    this.#budget.start(end - start);
    try {
      if (this.#validate(parseJsonText(buffer, start, end))) return undefined;
    } catch (error) {
      return violationFrom(error);
    }
    return violationOf(this.#validate.errors ?? []);
  }
}

function options(budget: WorkBudget): Options {
  const engine = (pattern: string): Pattern => Pattern.compile(pattern, budget);
  return {
    // Annotations that only their author knows are no mistake.
    strict: false,
    logger: false,
    ownProperties: true,
    // Inlined, what is referred to a thousand times would be compiled as often.
    inlineRefs: false,
    code: { regExp: Object.assign(engine, { code: "pattern" }) },
  };
}

/** Lets every part of a schema be charged before anything else in it is looked at. */
function addWorkKeyword(ajv: Ajv, budget: WorkBudget): void {
  const first = ajv.RULES.rules.find(({ type }) => type === undefined)?.rules[0]?.keyword;
  ajv.addKeyword({
    keyword: workKeyword,
    schemaType: "number",
    ...(first !== undefined && { before: first }),
    code: ({ gen, schema }: KeywordCxt) => {
      const spender = gen.scopeValue("obj", { key: budget, ref: budget });
      gen.code(_`${spender}.spend(${schema as number})`);
    },
  });
}

function addUniqueItems(ajv: Ajv, budget: WorkBudget): void {
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    errors: false,
    error: { message: "must not have equal items" },
    validate: (isWanted: boolean, items: readonly unknown[]) =>
      !isWanted || areUnique(items, budget),
  });
}

function parse(text: string, what: string): unknown {
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    throw gateError("SCHEMA_INVALID", `${what} is not JSON: ${(error as Error).message}`);
  }
  if (typeof schema === "boolean" || (typeof schema === "object" && schema !== null)) return schema;
  throw gateError("SCHEMA_INVALID", `${what} is neither an object nor true or false`);
}

/** What Ajv throws, as an error of the gate. */
function explained(error: unknown): unknown {
  if (error instanceof OverBudget) {
    return gateError("SCHEMA_TOO_LARGE", "a JSON Schema would take too long to compile");
  }
  if (!(error instanceof Error) || "kind" in error) return error;
  if ("missingRef" in error) {
    return gateError(
      "SCHEMA_REFERENCE_MISSING",
      `$ref ${String(error.missingRef)} is neither in the schema nor among its references`,
    );
  }
  return gateError("SCHEMA_INVALID", error.message.replaceAll(/\bdata(?=[/ ])/g, "the schema"));
}
