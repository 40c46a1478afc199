import type { AccountOptions } from "../../options/accounts.ts";
import type { Permissions } from "../../options/permissions.ts";
import type { Identity } from "../identity.ts";

/** Somebody who is in an account. */
export interface AccountClient {
  readonly identity: Identity;
  /** Tells it why, and closes its connection. */
  close(errorText: string): void;
  /** Closes its connection without a word. */
  end(): void;
  /** Gives it other permissions; `undefined` is everything. */
  setPermissions(permissions: Permissions | undefined): void;
}

/** What operator mode needs of its engine. */
export interface AccountHost {
  /** Makes an account, or gives it other options, which hold for those who are in it too. Never throws. */
  configure(options: AccountOptions): void;
  /** Who is in the account of that name now; longest connected first. */
  clientsOf(name: string): readonly AccountClient[];
}
