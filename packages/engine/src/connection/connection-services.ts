import type { Clock, Logger, Random } from "@oxbow/base";
import type { Security } from "../auth/security.ts";
import type { EngineLimits } from "../engine-options.ts";
import type { Account } from "../routing/account.ts";
import type { ClosedConnections } from "./closed-connections.ts";
import type { EngineCounters } from "./engine-counters.ts";
import type { OutboxServices } from "./outbox.ts";
import type { ProtocolTraceOptions } from "./protocol-trace.ts";
import type { RequestStamp } from "./request-stamp.ts";
import type { ServerInfo } from "./server-info.ts";

/** What client connections need of their engine. */
export interface ConnectionServices extends OutboxServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Replaced when the options are. */
  limits: EngineLimits;
  readonly security: Security;
  readonly serverInfo: ServerInfo;
  readonly counters: EngineCounters;
  /** Tells services who asks; `undefined` where none of them is told. */
  readonly requestStamp: RequestStamp | undefined;
  /** Remembers connections that are over. */
  readonly closed: ClosedConnections;
  /** The account of that name. */
  account(name: string): Account;
  readonly systemAccount: Account;
  /** Set where the protocol of connections is traced. */
  protocolTrace?: ProtocolTraceOptions | undefined;
}
