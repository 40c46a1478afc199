/**
 * The contract of the control API: what a platform answers on `$OXBOW.API.>`, and what a client asks. Both sides import it.
 */
export {
  ControlClient,
  type ControlOptions,
  type ItemOf,
  type ListName,
} from "./control-client.ts";
export { explainDenial } from "./denials.ts";
export {
  type ApiErrorCode,
  apiError,
  apiErrors,
  errorInAnswer,
  type Failure,
  type FailureBody,
  type FieldProblem,
  failureOf,
} from "./errors.ts";
export {
  apiVersion,
  type NameKind,
  type NamesOf,
  type OperationEntry,
  type OperationName,
  type Operations,
  operationNames,
  operations,
  type RequestOf,
  type ResponseOf,
} from "./operations.ts";
export { type PlatformErrorCode, platformError, platformErrors } from "./platform-errors.ts";
export { ruleKinds } from "./rule-kinds.ts";
export {
  attachmentModes,
  compatibilityModes,
  payloadEncodings,
  schemaFormats,
} from "./schema-words.ts";
export {
  apiPrefix,
  nameOfToken,
  namesInSubject,
  nameToken,
  subjectOf,
  subjectPattern,
} from "./subjects.ts";
export type * from "./types/attention.ts";
export type * from "./types/audit.ts";
export type * from "./types/common.ts";
export type * from "./types/dead-letter.ts";
export type * from "./types/group.ts";
export type * from "./types/history.ts";
export type * from "./types/ingest.ts";
export type * from "./types/journey.ts";
export type * from "./types/lineage.ts";
export type * from "./types/metrics.ts";
export type * from "./types/notification.ts";
export type * from "./types/presence.ts";
export type * from "./types/schema.ts";
export type * from "./types/station.ts";
export type * from "./types/tenant.ts";
export type * from "./types/user.ts";
