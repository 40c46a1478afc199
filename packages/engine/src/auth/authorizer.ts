import type { Clock, Logger } from "@oxbow/base";
import { engineError } from "../errors.ts";
import { ConfiguredAuthorizer, type ConfiguredServices } from "./configured-authorizer.ts";
import type { Authorizer } from "./identity.ts";
import type { SecurityOptions } from "./security-options.ts";

/** What an authorizer may use of its engine. */
export interface AuthorizerServices extends ConfiguredServices {
  readonly clock: Clock;
  readonly logger: Logger;
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
  const { auth } = options;
  if (auth.mode === "operator") {
    throw engineError("ENGINE_OPTION_INVALID", "operator mode is not supported");
  }
  if (auth.mode !== "none" && auth.callout !== undefined) {
    throw engineError("ENGINE_OPTION_INVALID", "an authorization callout is not supported");
  }
  return new ConfiguredAuthorizer(options, services);
}
