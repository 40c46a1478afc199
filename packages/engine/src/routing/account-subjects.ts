import { globalAccountName } from "../auth/verdicts.ts";
import { engineError } from "../errors.ts";
import type { AccountOptions, MappingOptions } from "../options/accounts.ts";
import { Account } from "./account.ts";
import { workableExports } from "./account-exports.ts";
import {
  SubjectSharing,
  type SubjectSharingOptions,
  type SubjectSource,
} from "./subject-sharing.ts";

/** What of an engine's options is about the subjects of accounts. */
export interface AccountSubjects {
  readonly accounts: readonly AccountOptions[];
  /** Mappings of the account everybody is in who was given no other. */
  readonly mappings?: readonly MappingOptions[] | undefined;
}

/**
 * Tells the accounts what the options say of their subjects.
 *
 * @param account - The account of a name, made if there is none.
 * @param before - The options until now: accounts that they name and the new ones do not share nothing any more.
 * @throws `ENGINE_OPTION_INVALID` with the text of nats-server.
 */
export function shareSubjects(
  sharing: SubjectSharing,
  options: AccountSubjects,
  account: (name: string) => Account,
  before?: AccountSubjects,
): void {
  const named = new Map<string, SubjectSource>(
    options.accounts.map((entry) => [entry.name, entry]),
  );
  const global = named.get(globalAccountName) ?? {};
  const mappings = [...(options.mappings ?? []), ...(global.mappings ?? [])];
  named.set(globalAccountName, { ...global, mappings });
  const configurations = Array.from(named, ([name, source]) => ({
    account: account(name),
    source,
  }));
  for (const { name } of before?.accounts ?? []) {
    if (!named.has(name)) configurations.push({ account: account(name), source: {} });
  }
  const [problem] = sharing.configure(configurations);
  if (problem !== undefined) throw engineError("ENGINE_OPTION_INVALID", problem.text);
}

/**
 * Finds out whether {@link shareSubjects} would take the options, on accounts made for that.
 *
 * @throws `ENGINE_OPTION_INVALID` with the text of nats-server.
 */
export function checkSubjects(options: AccountSubjects, services: SubjectSharingOptions): void {
  const sharing = new SubjectSharing(services);
  const accounts = new Map<string, Account>();
  const account = (name: string): Account => {
    let found = accounts.get(name);
    if (found === undefined) {
      found = new Account(name, services.random);
      accounts.set(name, found);
      sharing.add(found);
    }
    return found;
  };
  account(services.systemAccount);
  shareSubjects(sharing, options, account);
}

/**
 * Tells an account what its options say of subjects, as far as they work: what does not is left out.
 *
 * @returns What is wrong with them, in the words of nats-server.
 */
export function shareWorkable(
  sharing: SubjectSharing,
  options: AccountOptions,
  account: Account,
): readonly string[] {
  const { exports, problems } = workableExports(options.exports ?? []);
  const configure = (source: SubjectSource): string[] =>
    sharing.configure([{ account, source }]).map(({ text }) => text);
  try {
    return [...problems, ...configure({ ...options, exports })];
  } catch (error) {
    // Mappings that can't be made leave the rest of an account as it is.
    const rest = configure({ ...options, exports, mappings: [] });
    return [...problems, (error as Error).message, ...rest];
  }
}
