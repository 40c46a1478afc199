export {
  type CompatibilityBreak,
  type CompatibilityMode,
  checkCompatibility,
} from "./compatibility/compatibility.ts";
export type { Incompatibility } from "./compatibility/incompatibility.ts";
export { type GateErrorCode, gateError } from "./errors.ts";
export { partitionOf } from "./partition/partition-of.ts";
export { compileSchema } from "./schema/compile-schema.ts";
export { type SchemaLimits, schemaLimits } from "./schema/limits.ts";
export type {
  CompiledSchema,
  PayloadEncoding,
  SchemaDefinition,
  SchemaFormat,
  SchemaReference,
} from "./schema/schema.ts";
export { describeViolation, type Violation } from "./schema/violation.ts";
