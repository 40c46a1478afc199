import type { Clock, Logger, Random } from "@oxbow/base";
import type { Account } from "./account.ts";
import type { ActivationCheck } from "./export-access.ts";
import type { ServiceForwarder } from "./service-forwarder.ts";
import type { StreamForwarder } from "./stream-forwarder.ts";

/** What accounts that share subjects need of their engine. */
export interface RoutingServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly serverName: string;
  /** Eight characters that stand for the server in the subjects of requests that are measured. */
  readonly serverHash: string;
  readonly forwarder: ServiceForwarder;
  readonly streamForwarder: StreamForwarder;
  /** The account of the servers themselves. */
  systemAccount(): Account;
  /** Asked for imports of exports that need a token; `undefined` refuses them all. */
  readonly isActivated: ActivationCheck | undefined;
}
