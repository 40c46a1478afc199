import { Ajv, type Options } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import draft6 from "ajv/dist/refs/json-schema-draft-06.json" with { type: "json" };
import AjvDraft04 from "ajv-draft-04";
import { gateError } from "../../errors.ts";

/** Makes a compiler for one dialect. */
type Factory = (options: Options) => Ajv;

const dialects: ReadonlyMap<string, Factory> = new Map<string, Factory>([
  ["https://json-schema.org/draft/2020-12/schema", (options) => new Ajv2020(options)],
  ["https://json-schema.org/draft/2019-09/schema", (options) => new Ajv2019(options)],
  ["http://json-schema.org/draft-07/schema", (options) => new Ajv(options)],
  ["http://json-schema.org/draft-06/schema", (options) => new Ajv(options).addMetaSchema(draft6)],
  ["http://json-schema.org/draft-04/schema", (options) => new AjvDraft04.default(options)],
]);
const names = "draft-04, draft-06, draft-07, 2019-09 and 2020-12";
const fallback = "https://json-schema.org/draft/2020-12/schema";

/**
 * The compiler for the dialect that a schema names in `$schema`; 2020-12 if it names none.
 *
 * @throws OxbowError `SCHEMA_INVALID` for a dialect that is not known.
 */
export function compilerFor(schema: unknown, options: Options): Ajv {
  const named =
    typeof schema === "object" && schema !== null && "$schema" in schema
      ? schema.$schema
      : fallback;
  const factory = typeof named === "string" ? dialects.get(named.replace(/#$/, "")) : undefined;
  if (factory === undefined) {
    throw gateError(
      "SCHEMA_INVALID",
      `$schema is ${JSON.stringify(named)}, which is none of ${names}`,
    );
  }
  return factory(options);
}
