import { type AuthorizerServices, createAuthorizer } from "../auth/authorizer.ts";
import { ConfiguredAuthorizer } from "../auth/configured-authorizer.ts";
import type { Security } from "../auth/security.ts";
import type { ClientConnection } from "../connection/client-connection.ts";
import type { ReloadPart } from "./reload-part.ts";

/**
 * Takes up who may come in and what they may do. Clients are asked about again with what they showed: those of users
 * that are gone, or in another account, are closed; others lose the subscriptions that are not permitted any more. Where
 * the options say who may come in, that is done when the reload is; another service that is asked takes its time.
 */
export function securityPart(
  security: Security,
  services: AuthorizerServices,
  connections: Iterable<ClientConnection>,
): ReloadPart {
  return {
    options: [
      "auth",
      "trustedProxies",
      "tls",
      "accounts",
      "accounts.users",
      "accounts.defaultPermissions",
      "accounts.limits",
      "leafnodes.users",
    ],
    prepare: (after, before) => {
      const authorizer = createAuthorizer(after, services);
      return async () => {
        security.authorizer = authorizer;
        for (const { name } of before.accounts) security.accounts.setLimits(name, undefined);
        for (const { name, limits } of after.accounts) security.accounts.setLimits(name, limits);
        const rechecks = [...connections].map((connection) => connection.reauthenticate());
        if (authorizer instanceof ConfiguredAuthorizer) await Promise.all(rechecks);
      };
    },
  };
}
