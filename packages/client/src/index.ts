export { OxbowError } from "@oxbow/base";
export type { Admin } from "./admin.ts";
export { connect } from "./connect.ts";
export type { ConnectOptions, Credentials } from "./connection/connect-options.ts";
export type { ConnectionStatus } from "./connection/status.ts";
export { ackAll } from "./consume/ack-all.ts";
export type { ConsumeOptions, HandleOptions } from "./consume/consume-options.ts";
export type { Consumption } from "./consume/consumption.ts";
export type { FetchOptions } from "./consume/fetch.ts";
export type { Handler, HandlerRun } from "./consume/handler-run.ts";
export type { Message } from "./consume/message.ts";
export type { Replay, ReplayOptions } from "./consume/replay.ts";
export type { ReplayedMessage, StationMessage } from "./consume/station-message.ts";
export type { ApiErrorCode } from "./control/errors.ts";
export type { PlatformErrorCode } from "./control/platform-errors.ts";
export type {
  DeadLetter,
  Resend,
  ResendCounts,
  StationDeadLetters,
} from "./control/types/dead-letter.ts";
export type { TypedDeadLetter } from "./dead-letters/typed-dead-letter.ts";
export type { ResendOptions, TypedDeadLetters } from "./dead-letters/typed-dead-letters.ts";
export type { ClientErrorCode } from "./errors.ts";
export type { Group, GroupPartition } from "./groups/group.ts";
export type { GroupChanges, GroupRequest, GroupSettings } from "./groups/group-settings.ts";
export type { GroupStart, Place } from "./groups/place.ts";
export type { CloseOptions, CloseReport, Oxbow } from "./oxbow.ts";
export type { Acknowledgement } from "./produce/acknowledgement.ts";
export type { HeadersInput } from "./produce/encoded-headers.ts";
export type { ParentMessage } from "./produce/parentage.ts";
export type { ProduceFailure, ProduceManyOptions, ProduceReport } from "./produce/produce-many.ts";
export type { ProduceOptions } from "./produce/produce-options.ts";
export type { Abandoned } from "./produce/producer-services.ts";
export type { Partition, Station } from "./stations/station.ts";
export { stationName } from "./stations/station-name.ts";
export type {
  DeadLetterReason,
  StationChanges,
  StationRequest,
  StationSettings,
} from "./stations/station-settings.ts";
export type { TypedProducer } from "./typed-producer.ts";
export type { TypedStation } from "./typed-station.ts";
export type { Codec, NamedCodecs } from "./values/codec.ts";
