export { partitionOf } from "@oxbow/base";
export {
  type CompatibilityBreak,
  type CompatibilityMode,
  checkCompatibility,
} from "./compatibility/compatibility.ts";
export type { Incompatibility } from "./compatibility/incompatibility.ts";
export { type GateErrorCode, gateError } from "./errors.ts";
export { generateSchema } from "./generate/generate-schema.ts";
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
export { partitionHeader } from "./station/partitioner.ts";
export { makeReservedGate } from "./station/reserved-gate.ts";
export { compileStationGate, gateDeadLetterSubject } from "./station/station-gate.ts";
export type { GateMode, SchemaDemand, StationPolicy } from "./station/station-policy.ts";
export { type GateNotice, noticeSubject } from "./station/warnings.ts";
export { compileDecoder, type MessageDecoder } from "./values/message-decoder.ts";
export { compileEncoder, type MessageEncoder } from "./values/message-encoder.ts";
