import type { Random } from "@oxbow/base";
import { AccountGates } from "./account-gate.ts";
import type { Authorizer } from "./identity.ts";
import { PermissionBook } from "./permissions/permission-rules.ts";
import { type SecurityEvents, silentSecurityEvents } from "./security-events.ts";

/** Who may come in and what they may do, for all doors of an engine. */
export class Security {
  /** Replaced when the options are. */
  authorizer: Authorizer;
  readonly accounts: AccountGates = new AccountGates();
  readonly permissions: PermissionBook;
  /** Told who comes and goes. */
  events: SecurityEvents = silentSecurityEvents;

  constructor(authorizer: Authorizer, random: Random) {
    this.authorizer = authorizer;
    this.permissions = new PermissionBook(() => random.below(2 ** 32));
  }
}
