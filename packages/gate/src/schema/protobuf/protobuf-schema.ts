import type { CompiledSchema, SchemaDefinition } from "../schema.ts";
import type { Violation } from "../violation.ts";
import { violationFrom } from "../violation-from.ts";
import { WorkBudget } from "../work-budget.ts";
import { ProtoCheck } from "./proto-check.ts";
import { parseProto } from "./proto-parser.ts";
import type { ProtoMessage } from "./proto-type.ts";

/** A message type of Protobuf (proto2, proto3). Messages are in the wire format. */
export class ProtobufSchema implements CompiledSchema {
  readonly format = "protobuf";
  readonly type: ProtoMessage;
  readonly #budget = new WorkBudget();
  readonly #check = new ProtoCheck(this.#budget);

  private constructor(type: ProtoMessage) {
    this.type = type;
  }

  /** @throws OxbowError `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE`, `SCHEMA_REFERENCE_MISSING` */
  static compile(definition: SchemaDefinition): ProtobufSchema {
    return new ProtobufSchema(parseProto(definition));
  }

  check(buffer: Buffer, start: number, end: number): Violation | undefined {
    this.#budget.start(end - start);
    try {
      this.#check.run(this.type, buffer, start, end);
      return undefined;
    } catch (error) {
      return violationFrom(error);
    }
  }
}
