import { parseJsonText } from "../json-text.ts";
import type { CompiledSchema, PayloadEncoding, SchemaDefinition } from "../schema.ts";
import type { Violation } from "../violation.ts";
import { violationFrom } from "../violation-from.ts";
import { WorkBudget } from "../work-budget.ts";
import { AvroBinaryCheck } from "./avro-binary.ts";
import { checkAvroJson } from "./avro-json.ts";
import { parseAvro } from "./avro-parser.ts";
import type { AvroType } from "./avro-type.ts";

/** An Avro schema (specification 1.12). Messages are one value, in Avro's binary or in its JSON encoding. */
export class AvroSchema implements CompiledSchema {
  readonly format = "avro";
  readonly type: AvroType;
  readonly #encoding: PayloadEncoding;
  readonly #budget = new WorkBudget();
  readonly #binary = new AvroBinaryCheck(this.#budget);

  private constructor(type: AvroType, encoding: PayloadEncoding) {
    this.type = type;
    this.#encoding = encoding;
  }

  /** @throws OxbowError `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE`, `SCHEMA_REFERENCE_MISSING` */
  static compile(definition: SchemaDefinition, encoding: PayloadEncoding): AvroSchema {
    return new AvroSchema(parseAvro(definition), encoding);
  }

  check(buffer: Buffer, start: number, end: number): Violation | undefined {
    this.#budget.start(end - start);
    try {
      if (this.#encoding === "binary") this.#binary.run(this.type, buffer, start, end);
      else checkAvroJson(this.type, parseJsonText(buffer, start, end), this.#budget);
      return undefined;
    } catch (error) {
      return violationFrom(error);
    }
  }
}
