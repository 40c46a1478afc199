import type { Clock, Logger } from "@oxbow/base";
import { engineError } from "../errors.ts";
import type { Callout } from "./callout/callout.ts";
import { ConfiguredCallout } from "./callout/config-callout.ts";
import { ConfiguredAuthorizer, type ConfiguredServices } from "./configured-authorizer.ts";
import type { Authorizer } from "./identity.ts";
import type { SecurityOptions } from "./security-options.ts";

/** What an authorizer may use of its engine. */
export interface AuthorizerServices extends ConfiguredServices {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asks services that decide who comes in. */
  readonly callout: Callout;
  /** Set where JWTs of operators say who may connect: then that does not change while the engine runs. */
  readonly operator: { readonly authorizer: Authorizer } | undefined;
}

/**
 * Makes the authorizer that `options` ask for.
 *
 * @throws `ENGINE_OPTION_INVALID`
 */
export function createAuthorizer(
  options: SecurityOptions,
  services: AuthorizerServices,
): Authorizer {
  const { auth, accounts, systemAccount, trustedProxies = [] } = options;
  const { operator } = services;
  if ((auth.mode === "operator") !== (operator !== undefined)) {
    throw engineError(
      "ENGINE_OPTION_INVALID",
      "config reload does not support moving to or from an account resolver",
    );
  }
  if (operator !== undefined) return operator.authorizer;
  const configured = new ConfiguredAuthorizer(options, services);
  if ((auth.mode !== "users" && auth.mode !== "token") || auth.callout === undefined) {
    return configured;
  }
  const { callout } = auth;
  const terms = { callout, accounts, systemAccount, trustedProxies };
  return new ConfiguredCallout(configured, terms, services.callout, services.clock);
}
