import type { Clock, Logger, Random } from "@oxbow/base";
import type { ResolvedEngineOptions } from "../engine-options.ts";
import { engineError } from "../errors.ts";
import type { ConnectionType } from "../options/permissions.ts";
import type { Applicant, Authorizer, Identity, Verdict } from "./identity.ts";
import { Secret } from "./secret.ts";

/** The account of everybody who is not given another one. */
export const globalAccountName = "$G";

/** The text that refuses somebody at the door. */
export const authorizationViolation = "Authorization Violation";

/** What an authorizer may use of its engine. */
export interface AuthorizerServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * Makes the authorizer that `options` ask for.
 *
 * @throws `ENGINE_OPTION_INVALID`
 */
export function createAuthorizer(
  options: Pick<ResolvedEngineOptions, "auth" | "accounts">,
  _services: AuthorizerServices,
): Authorizer {
  const { auth } = options;
  switch (auth.mode) {
    case "none":
      return new OpenAuthorizer();
    case "users":
      return new UserAuthorizer(auth.users);
    case "token":
      return new TokenAuthorizer(auth.token);
    case "operator":
      throw engineError("ENGINE_OPTION_INVALID", "operator mode is not supported");
  }
}

/** The verdict on wrong credentials. */
export function refuse(reason: string): Verdict {
  return { refusal: authorizationViolation, reason };
}

/** Lets everybody in. */
class OpenAuthorizer implements Authorizer {
  readonly usesNonce = false;

  isRequiredAt(_door: ConnectionType): boolean {
    return false;
  }

  identityWithoutConnect(_door: ConnectionType): Identity {
    return { user: "", account: globalAccountName };
  }

  authenticate(applicant: Applicant): Verdict {
    return { identity: { user: applicant.credentials.user, account: globalAccountName } };
  }
}

/** Asks for the name and password of one of a list of users. */
class UserAuthorizer implements Authorizer {
  readonly usesNonce = false;
  readonly #passwords: ReadonlyMap<string, Secret>;
  /** Compared with when there is no such user, so that the time taken does not tell who exists. */
  readonly #nobody: Secret = new Secret("");

  constructor(users: readonly { readonly user: string; readonly password: string }[]) {
    this.#passwords = new Map(users.map(({ user, password }) => [user, new Secret(password)]));
  }

  isRequiredAt(_door: ConnectionType): boolean {
    return true;
  }

  identityWithoutConnect(_door: ConnectionType): Identity | undefined {
    return undefined;
  }

  authenticate({ credentials }: Applicant): Verdict {
    const known = this.#passwords.get(credentials.user);
    const isEqual = (known ?? this.#nobody).equals(credentials.password);
    if (known === undefined || !isEqual) return refuse("wrong user or password");
    return { identity: { user: credentials.user, account: globalAccountName } };
  }
}

/** Asks for one token that all share. */
class TokenAuthorizer implements Authorizer {
  readonly usesNonce = false;
  readonly #token: Secret;

  constructor(token: string) {
    this.#token = new Secret(token);
  }

  isRequiredAt(_door: ConnectionType): boolean {
    return true;
  }

  identityWithoutConnect(_door: ConnectionType): Identity | undefined {
    return undefined;
  }

  authenticate({ credentials }: Applicant): Verdict {
    if (!this.#token.equals(credentials.token)) return refuse("wrong token");
    return { identity: { user: "", account: globalAccountName } };
  }
}
