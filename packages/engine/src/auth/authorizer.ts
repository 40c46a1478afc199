import { engineError } from "../errors.ts";
import type { AuthOptions } from "../options/authorization.ts";
import { Secret } from "./secret.ts";

/** What somebody who comes to a door shows. Fields that were not sent are empty. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly token: string;
}

/** Who somebody is, once let in. */
export interface Identity {
  /** Empty if nobody had to say. */
  readonly user: string;
  /** Name of the account whose messages this one can see. */
  readonly account: string;
}

/** Decides who comes in. One per engine, asked by every door, so that they cannot disagree. */
export interface Authorizer {
  /** Whether credentials are needed at all. */
  readonly isRequired: boolean;
  /** Who `credentials` stand for, or `undefined` if they are not good enough. */
  authenticate(credentials: Credentials): Identity | undefined;
}

/** The account of everybody who is not given another one. */
export const globalAccountName = "$G";

/** Makes the authorizer that `options` ask for. */
export function createAuthorizer(options: AuthOptions): Authorizer {
  switch (options.mode) {
    case "none":
      return new OpenAuthorizer();
    case "users":
      return new UserAuthorizer(options.users);
    case "token":
      return new TokenAuthorizer(options.token);
    case "operator":
      throw engineError("ENGINE_OPTION_INVALID", "operator mode is not supported");
  }
}

/** Lets everybody in. */
class OpenAuthorizer implements Authorizer {
  readonly isRequired = false;

  authenticate(credentials: Credentials): Identity {
    return { user: credentials.user, account: globalAccountName };
  }
}

/** Asks for the name and password of one of a list of users. */
class UserAuthorizer implements Authorizer {
  readonly isRequired = true;
  readonly #passwords: ReadonlyMap<string, Secret>;
  /** Compared with when there is no such user, so that the time taken does not tell who exists. */
  readonly #nobody: Secret = new Secret("");

  constructor(users: readonly { readonly user: string; readonly password: string }[]) {
    this.#passwords = new Map(users.map(({ user, password }) => [user, new Secret(password)]));
  }

  authenticate(credentials: Credentials): Identity | undefined {
    const known = this.#passwords.get(credentials.user);
    const isEqual = (known ?? this.#nobody).equals(credentials.password);
    if (known === undefined || !isEqual) return undefined;
    return { user: credentials.user, account: globalAccountName };
  }
}

/** Asks for one token that all share. */
class TokenAuthorizer implements Authorizer {
  readonly isRequired = true;
  readonly #token: Secret;

  constructor(token: string) {
    this.#token = new Secret(token);
  }

  authenticate(credentials: Credentials): Identity | undefined {
    if (!this.#token.equals(credentials.token)) return undefined;
    return { user: "", account: globalAccountName };
  }
}
