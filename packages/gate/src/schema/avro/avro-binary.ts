import { isUtf8 } from "node:buffer";
import { schemaLimits } from "../limits.ts";
import { located, Misfit } from "../path.ts";
import type { WorkBudget } from "../work-budget.ts";
import type { AvroEnum, AvroRecord, AvroType } from "./avro-type.ts";

const intMin = -(2 ** 31);
const intMax = 2 ** 31 - 1;
const varintBytesMax = 10;

/** Walks through Avro's binary encoding (specification 1.12, "Binary Encoding") and makes nothing of it. */
export class AvroBinaryCheck {
  readonly #budget: WorkBudget;
  #buffer: Buffer = Buffer.alloc(0);
  #position = 0;
  #end = 0;
  #depth = 0;

  constructor(budget: WorkBudget) {
    this.#budget = budget;
  }

  /** @throws Misfit, OverBudget */
  run(type: AvroType, buffer: Buffer, start: number, end: number): void {
    this.#buffer = buffer;
    this.#position = start;
    this.#end = end;
    this.#depth = 0;
    this.#value(type);
    const left = this.#end - this.#position;
    if (left > 0) throw new Misfit("encoding", `has ${left} bytes after the value`);
  }

  #value(type: AvroType): void {
    this.#budget.spend(1);
    switch (type.kind) {
      case "null":
        break;
      case "boolean":
        this.#boolean();
        break;
      case "int":
        this.#int();
        break;
      case "long":
        this.#varint();
        break;
      case "float":
        this.#skip(4, "float");
        break;
      case "double":
        this.#skip(8, "double");
        break;
      case "bytes":
        this.#skip(this.#size("bytes"), "bytes");
        break;
      case "string":
        this.#string();
        break;
      case "fixed":
        this.#skip(type.sizeBytes, `fixed ${type.name}`);
        break;
      case "enum":
        this.#enum(type);
        break;
      default:
        this.#nested(type);
        break;
    }
  }

  #nested(type: Extract<AvroType, { kind: "record" | "array" | "map" | "union" }>): void {
    this.#depth += 1;
    if (this.#depth > schemaLimits.depthMax) {
      throw new Misfit("depth", `is nested more than ${schemaLimits.depthMax} deep`);
    }
    if (type.kind === "record") this.#record(type);
    else if (type.kind === "union") this.#union(type.branches);
    else if (type.kind === "array") this.#blocks(type.items, false);
    else this.#blocks(type.values, true);
    this.#depth -= 1;
  }

  #record({ fields }: AvroRecord): void {
    for (const field of fields) {
      try {
        this.#value(field.type);
      } catch (error) {
        throw located(error, field.name);
      }
    }
  }

  #union(branches: readonly AvroType[]): void {
    const index = this.#varint();
    const branch = branches[index];
    if (branch === undefined) {
      throw new Misfit("union", `is branch ${index} of a union of ${branches.length}`);
    }
    this.#value(branch);
  }

  /** Items or entries come in blocks, each with a count, and with its size before it where that is negative. */
  #blocks(type: AvroType, isMap: boolean): void {
    let index = 0;
    for (let count = this.#varint(); count !== 0; count = this.#varint()) {
      if (count < 0) this.#varint();
      for (let left = Math.abs(count); left > 0; left--) {
        const name = isMap ? this.#text() : index;
        index += 1;
        try {
          this.#value(type);
        } catch (error) {
          throw located(error, name);
        }
      }
    }
  }

  #boolean(): void {
    const at = this.#position;
    this.#skip(1, "boolean");
    const byte = this.#buffer[at] ?? 0;
    if (byte > 1) throw new Misfit("boolean", `is byte ${byte}, and a boolean is 0 or 1`);
  }

  #int(): void {
    const value = this.#varint();
    if (value < intMin || value > intMax) throw new Misfit("int", "does not fit 32 bits");
  }

  #enum({ name, symbols }: AvroEnum): void {
    const index = this.#varint();
    if (index < 0 || index >= symbols.length) {
      throw new Misfit("enum", `is symbol ${index} of the ${symbols.length} of ${name}`);
    }
  }

  #string(): void {
    const size = this.#size("string");
    const at = this.#position;
    this.#skip(size, "string");
    if (!isUtf8(this.#buffer.subarray(at, at + size))) throw new Misfit("string", "is not UTF-8");
  }

  #text(): string {
    const size = this.#size("a map's key");
    const at = this.#position;
    this.#skip(size, "a map's key");
    return this.#buffer.toString("utf8", at, at + size);
  }

  #size(what: string): number {
    const size = this.#varint();
    if (size < 0) throw new Misfit("encoding", `has a negative size of ${what}`);
    return size;
  }

  #skip(size: number, what: string): void {
    if (size > this.#end - this.#position) {
      throw new Misfit("encoding", `ends before its ${what} does`);
    }
    this.#position += size;
  }

  /** A zigzag number. Beyond 2^53 it is near, which is enough to tell that it is out of every range. */
  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let length = 0; length < varintBytesMax; length++) {
      if (this.#position >= this.#end)
        throw new Misfit("encoding", "ends in the middle of a number");
      const byte = this.#buffer[this.#position] ?? 0;
      this.#position += 1;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new Misfit("encoding", `has a number of more than ${varintBytesMax} bytes`);
  }
}
