import type { Clock } from "@oxbow/base";
import type { AuthorizerServices } from "../auth/authorizer.ts";
import type { OperatorMode } from "../auth/jwt/operator-mode.ts";
import type { Security } from "../auth/security.ts";
import type { ConnectionRegistry } from "../connection/connection-registry.ts";
import type { ConnectionServices } from "../connection/connection-services.ts";
import type { ServerInfo } from "../connection/server-info.ts";
import type { EngineJetStream } from "../engine-jetstream.ts";
import type { Account } from "../routing/account.ts";
import type { SubjectSharing, SubjectSharingOptions } from "../routing/subject-sharing.ts";
import { accountsPart } from "./accounts-part.ts";
import { jetstreamLimitsPart, jetstreamPart, jetstreamSwitchPart } from "./jetstream-part.ts";
import { limitsPart } from "./limits-part.ts";
import { messageRatePart } from "./message-rate-part.ts";
import { operatorPart } from "./operator-part.ts";
import type { ReloadPart } from "./reload-part.ts";
import { securityPart } from "./security-part.ts";
import { shownPart } from "./shown-part.ts";
import { subjectsPart } from "./subjects-part.ts";
import { tracePart } from "./trace-part.ts";

/** What of an engine takes up other options while it runs. */
export interface ReloadedEngine {
  readonly clock: Clock;
  readonly operator: OperatorMode | undefined;
  readonly security: Security;
  readonly authorizerServices: AuthorizerServices;
  readonly connections: ConnectionRegistry;
  readonly connectionServices: ConnectionServices;
  readonly sharing: SubjectSharing;
  readonly sharingServices: SubjectSharingOptions;
  readonly jetstream: EngineJetStream;
  readonly info: ServerInfo;
  /** The account of a name, made if there is none. */
  account(name: string): Account;
  forgetAccount(name: string): Promise<void>;
}

/** Its parts, in the order in which they take options up; those of the doors come behind them. */
export function engineParts(engine: ReloadedEngine): ReloadPart[] {
  const { clock, security, connections, connectionServices, sharing, jetstream } = engine;
  const account = (name: string): Account => engine.account(name);
  return [
    operatorPart(engine.operator),
    securityPart(security, engine.authorizerServices, connections),
    limitsPart(connectionServices, connections),
    subjectsPart(sharing, engine.sharingServices, account),
    tracePart(connectionServices, connections),
    messageRatePart(clock, account),
    jetstreamPart((after) => jetstream.enableAll(after)),
    jetstreamLimitsPart(() => jetstream.jetstreams),
    accountsPart((name) => engine.forgetAccount(name)),
    jetstreamSwitchPart(
      (after) => jetstream.switchOn(after),
      () => jetstream.switchOff(),
    ),
    shownPart(engine.info),
  ];
}
