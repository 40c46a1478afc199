export type {
  DeadLetterNote,
  GateFinding,
  GateMessage,
  PublishGate,
  SubjectRoom,
} from "@oxbow/base";
export type { CipherName, EncryptionOptions } from "@oxbow/log";
export type {
  ActiveClient,
  ClientActivity,
  ClientConsumes,
  ClientPublishes,
} from "./activity/client-activity.ts";
export type {
  StreamNews,
  StreamWatch,
  WatchedConsumer,
  WatchedStream,
} from "./activity/stream-watch.ts";
export {
  type DecodedJwt,
  decodeGenericJwt,
  type GenericJwt,
  TOKEN_LENGTH_MAX,
} from "./auth/jwt/decode.ts";
export { MemoryAccountResolver } from "./auth/jwt/memory-account-resolver.ts";
export { accountServerUrlOf } from "./auth/jwt/operator-claims.ts";
export { decodeNkey, isNkey, type Nkey, type NkeyKind } from "./auth/nkey.ts";
export { PermissionRules } from "./auth/permissions/permission-rules.ts";
export type { ProtocolTraceOptions } from "./connection/protocol-trace.ts";
export { SERVER_VERSION } from "./connection/server-info.ts";
export type { EngineAddresses, RelayedClient } from "./doors/doors.ts";
export type { LameDuckOptions } from "./doors/lame-duck.ts";
export { Engine } from "./engine.ts";
export type { EngineTimes } from "./engine-jetstream.ts";
export {
  defaultJetStream,
  defaultLimits,
  type EngineLimits,
  type EngineOptions,
  type JetStreamOptions,
  type SyncOptions,
} from "./engine-options.ts";
export type { EngineStats } from "./engine-stats.ts";
export type { EngineErrorCode } from "./errors.ts";
export type { GateCounts } from "./gates/account-gates.ts";
export type { HeardMessage } from "./in-process/hear.ts";
export type { InProcessUser } from "./in-process/in-process-user.ts";
export { monitoringPage, type PageAnswer } from "./monitoring/pages.ts";
export type { ProcessServices, ProcessVariables } from "./monitoring/process-services.ts";
export { type ProcessFacts, varz } from "./monitoring/varz.ts";
export type {
  AccountJetStreamLimits,
  AccountLimits,
  AccountOptions,
  ExportOptions,
  ImportOptions,
  JetStreamTiers,
  MappingDestination,
  MappingOptions,
  ServiceLatencyOptions,
  UserOptions,
} from "./options/accounts.ts";
export type {
  AccountJwt,
  AccountResolver,
  AuthOptions,
  CalloutOptions,
  OperatorOptions,
} from "./options/authorization.ts";
export {
  CONNECTION_TYPES,
  type ConnectionType,
  type Permissions,
  type ResponsePermissions,
  type SubjectPermissions,
} from "./options/permissions.ts";
export type {
  CertificateOptions,
  LeafnodeOptions,
  ListenAddress,
  TlsOptions,
  WebSocketOptions,
} from "./options/transports.ts";
export type { ReloadOutcome } from "./reload/reload-part.ts";
