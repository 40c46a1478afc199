import { isUtf8 } from "node:buffer";
import { schemaLimits } from "../limits.ts";
import { located, Misfit } from "../path.ts";
import type { WorkBudget } from "../work-budget.ts";
import {
  isPackable,
  type ProtoField,
  type ProtoMessage,
  wireType,
  wireTypeOf,
} from "./proto-type.ts";

const varintBytesMax = 10;
const fieldNumberMax = 2 ** 29 - 1;
const wireTypeNames = ["varint", "64-bit", "length-delimited", "group", "end of group", "32-bit"];

/**
 * Walks through Protobuf's wire format and makes nothing of it. A message fits when each of its fields is one of the
 * schema's, written as its type is, and none that is required is missing; what the format leaves to the reader, such as
 * enum values that are not named, is left to the reader.
 */
export class ProtoCheck {
  readonly #budget: WorkBudget;
  #buffer: Buffer = Buffer.alloc(0);
  #position = 0;
  #depth = 0;

  constructor(budget: WorkBudget) {
    this.#budget = budget;
  }

  /** @throws Misfit, OverBudget */
  run(type: ProtoMessage, buffer: Buffer, start: number, end: number): void {
    this.#buffer = buffer;
    this.#position = start;
    this.#depth = 0;
    this.#message(type, end, 0);
  }

  /** @param group - The number of the group that the message is, 0 for one that ends where its size says. */
  #message(type: ProtoMessage, end: number, group: number): void {
    this.#enter();
    const start = this.#position;
    for (;;) {
      if (this.#position >= end) {
        if (group !== 0) throw new Misfit("encoding", `ends before group ${group} does`);
        break;
      }
      const fieldStart = this.#position;
      const tag = this.#varint(end);
      const number = Math.floor(tag / 8);
      const wire = tag % 8;
      if (wire === wireType.groupEnd && number === group && group !== 0) break;
      this.#budget.spend(1);
      const field = type.fields.get(number);
      if (field === undefined) {
        this.#unknown(type, number, wire, end);
        continue;
      }
      try {
        this.#field(field, wire, end);
      } catch (error) {
        throw this.#locate(error, field, start, fieldStart, end);
      }
    }
    this.#checkRequired(type, start, group);
    this.#depth -= 1;
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > schemaLimits.depthMax) {
      throw new Misfit("depth", `is nested more than ${schemaLimits.depthMax} deep`);
    }
  }

  #field(field: ProtoField, wire: number, end: number): void {
    const wanted = wireTypeOf(field);
    if (wire === wireType.lengthDelimited && isPackable(field)) {
      this.#packed(field, wanted, end);
    } else if (wire === wanted) {
      this.#value(field, wire, end);
    } else {
      const name = wireTypeNames[wire] ?? `of the unknown type ${wire}`;
      throw new Misfit("type", `is ${name}, and a ${typeName(field)} is ${wireTypeNames[wanted]}`);
    }
  }

  #packed(field: ProtoField, wire: number, end: number): void {
    const packedEnd = this.#delimited(end);
    while (this.#position < packedEnd) {
      this.#budget.spend(1);
      this.#value(field, wire, packedEnd);
    }
  }

  #value({ type, number }: ProtoField, wire: number, end: number): void {
    switch (wire) {
      case wireType.varint:
        this.#varint(end);
        break;
      case wireType.fixed64:
        this.#skip(8, end);
        break;
      case wireType.fixed32:
        this.#skip(4, end);
        break;
      case wireType.groupStart:
        this.#message(type as ProtoMessage, end, number);
        break;
      default:
        this.#contents(type, end);
    }
  }

  #contents(type: ProtoField["type"], end: number): void {
    const contentsEnd = this.#delimited(end);
    if (typeof type === "object") {
      this.#message(type as ProtoMessage, contentsEnd, 0);
      return;
    }
    const contents = this.#buffer.subarray(this.#position, contentsEnd);
    if (type === "string" && !isUtf8(contents)) throw new Misfit("string", "is not UTF-8");
    this.#position = contentsEnd;
  }

  /** Refuses what the schema does not know, but for extensions, which it says others may add. */
  #unknown(type: ProtoMessage, number: number, wire: number, end: number): void {
    if (number < 1 || number > fieldNumberMax) {
      throw new Misfit("encoding", `has field number ${number}, which there can't be`);
    }
    if (!type.isExtension(number)) {
      throw new Misfit("unknown", `has field ${number}, which ${type.name} does not know`);
    }
    this.#passOver(number, wire, end);
  }

  #passOver(number: number, wire: number, end: number): void {
    if (wire === wireType.varint) this.#varint(end);
    else if (wire === wireType.fixed64) this.#skip(8, end);
    else if (wire === wireType.fixed32) this.#skip(4, end);
    else if (wire === wireType.lengthDelimited) this.#position = this.#delimited(end);
    else throw new Misfit("encoding", `has the extension ${number} as a group`);
  }

  /** Which fields a message has is looked up once more, only where the schema requires some. */
  #checkRequired(type: ProtoMessage, start: number, group: number): void {
    if (type.required.length === 0) return;
    const end = this.#position;
    const present = new Set<number>();
    this.#position = start;
    while (this.#position < end) {
      const tag = this.#varint(end);
      const number = Math.floor(tag / 8);
      if (tag % 8 === wireType.groupEnd && number === group) break;
      present.add(number);
      this.#leap(number, tag % 8, end);
    }
    this.#position = end;
    const missing = type.required.find((number) => !present.has(number));
    if (missing === undefined) return;
    const name = type.fields.get(missing)?.name ?? String(missing);
    throw new Misfit("required", "is required").within(name);
  }

  /** Passes over a field that was checked. */
  #leap(number: number, wire: number, end: number): void {
    if (wire !== wireType.groupStart) {
      this.#passOver(number, wire, end);
      return;
    }
    for (;;) {
      const tag = this.#varint(end);
      if (tag % 8 === wireType.groupEnd) return;
      this.#leap(Math.floor(tag / 8), tag % 8, end);
    }
  }

  /** Finds what does not fit below the field, and of a repeated one below its index. */
  #locate(error: unknown, field: ProtoField, start: number, at: number, end: number): unknown {
    if (!field.isRepeated || !(error instanceof Misfit)) return located(error, field.name);
    let index = 0;
    this.#position = start;
    while (this.#position < at) {
      const tag = this.#varint(end);
      if (Math.floor(tag / 8) === field.number) index += 1;
      this.#leap(Math.floor(tag / 8), tag % 8, end);
    }
    return error.within(index).within(field.name);
  }

  #delimited(end: number): number {
    const size = this.#varint(end);
    if (size > end - this.#position) throw new Misfit("encoding", "ends before its contents do");
    return this.#position + size;
  }

  #skip(size: number, end: number): void {
    if (size > end - this.#position) throw new Misfit("encoding", "ends in the middle of a value");
    this.#position += size;
  }

  /** An unsigned number. Beyond 2^53 it is near, which is enough for what is not a size. */
  #varint(end: number): number {
    let value = 0;
    let scale = 1;
    for (let length = 0; length < varintBytesMax; length++) {
      if (this.#position >= end) throw new Misfit("encoding", "ends in the middle of a number");
      const byte = this.#buffer[this.#position] ?? 0;
      this.#position += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw new Misfit("encoding", `has a number of more than ${varintBytesMax} bytes`);
  }
}

function typeName({ type }: ProtoField): string {
  return typeof type === "string" ? type : type.name;
}
