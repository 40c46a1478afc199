import type { Random } from "@oxbow/base";
import type { AccountOptions, MappingOptions } from "../options/accounts.ts";
import type { Account } from "./account.ts";
import { SubjectMappings } from "./subject-mappings.ts";

/** What accounts are told about subjects, as far as the engine's options say it. */
export interface SubjectOptions {
  readonly accounts: readonly AccountOptions[];
  /** Mappings of the account everybody is in who was given no other. */
  readonly mappings?: readonly MappingOptions[] | undefined;
}

/**
 * Tells each account what its options say about subjects. May be called again with others.
 *
 * @param account - The account of a name.
 * @throws `ENGINE_OPTION_INVALID` with the text of nats-server; accounts that come before the faulty one are changed.
 */
export function configureAccounts(
  options: SubjectOptions,
  globalAccountName: string,
  account: (name: string) => Account,
  random: Random,
): void {
  const mappings = new Map<string, readonly MappingOptions[]>();
  mappings.set(globalAccountName, options.mappings ?? []);
  for (const { name, mappings: own = [] } of options.accounts) {
    mappings.set(name, [...(mappings.get(name) ?? []), ...own]);
  }
  for (const [name, list] of mappings) {
    account(name).mappings = list.length === 0 ? undefined : new SubjectMappings(list, random);
  }
}
