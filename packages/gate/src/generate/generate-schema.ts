import { gateError } from "../errors.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import { avroSchemaOf } from "./avro-schema-of.ts";
import { jsonSchemaOf } from "./json-schema-of.ts";
import { ShapeLearner } from "./shape.ts";

/**
 * Makes a schema that samples fit. It says what they have in common and demands nothing that was not in all of them: it is
 * to be looked at by somebody who knows what else is right.
 *
 * @param samples - JSON values as text.
 * @param name - Of the record in Avro.
 * @returns The text, indented.
 * @throws OxbowError `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE`
 */
export function generateSchema(
  format: "json" | "avro",
  samples: readonly string[],
  name: string,
): string {
  const learner = new ShapeLearner();
  for (const [index, sample] of samples.entries()) learner.learn(parsed(sample, index));
  const made = format === "json" ? jsonSchemaOf(learner.root) : avroSchemaOf(learner.root, name);
  const text = `${JSON.stringify(made, undefined, 2)}\n`;
  compileSchema({ format, text });
  return text;
}

function parsed(sample: string, index: number): unknown {
  try {
    return JSON.parse(sample);
  } catch (error) {
    const message = `sample ${index + 1} is not JSON: ${(error as Error).message}`;
    throw gateError("SCHEMA_INVALID", message, { cause: error });
  }
}
