/**
 * What is said over HTTP beside the operations of the platform, as types and nothing else: the door's shapes are checked
 * against them, and the console imports them. What operations answer is in `oxbow/control`.
 */
export type { BucketBody, BucketRequest, EntryBody, KeyBody, KvHistory, KvRevision } from "./kv.ts";
export type {
  DecodedBody,
  DecodedMessages,
  FetchedBody,
  MessageBody,
  MessagePage,
  MessageSample,
} from "./message.ts";
export type { ObjectBody, StoreBody, StoreRequest } from "./object.ts";
export type { PlacedProblem, Problem } from "./problem.ts";
export type { BatchAcknowledgement, BatchReport, EncodedMessages } from "./produce.ts";
export type { SearchEnd, SearchProgress, SearchReason } from "./search.ts";
export type { Endpoints, Health, HealthCheck } from "./server.ts";
export type { SessionInfo, SessionList, SessionOrigin } from "./session.ts";
export type {
  LogLine,
  LogLines,
  Setting,
  Settings,
  SystemConnection,
  SystemConnections,
  SystemState,
} from "./system.ts";
