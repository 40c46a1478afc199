import type { AccountOptions, UserOptions } from "@oxbow/engine";
import type { ConfigDraft } from "./draft.ts";
import type { Reading } from "./reading.ts";

/** Finds what no block is to blame for alone: users of several blocks, and accounts that others refer to. */
export function checkAcross(draft: ConfigDraft, reading: Reading): void {
  checkUsers(draft, reading);
  checkReferences(draft.accounts, reading);
  checkCallout(draft, reading);
}

/** Names are unique over all blocks, and a single user or token leaves no room for others. */
function checkUsers({ authorization = {}, accounts }: ConfigDraft, reading: Reading): void {
  const { findings, positionOf } = reading;
  const ofAccounts = accounts.flatMap(({ users = [] }) => users);
  if (ofAccounts.length > 0) {
    const position = positionOf("accounts");
    if ((authorization.user ?? "") !== "") {
      findings.error(position, "Can not have a single user/pass and accounts");
    }
    if ((authorization.token ?? "") !== "") {
      findings.error(position, "Can not have a token and accounts");
    }
  }
  const seen = new Set<string>();
  const check = (users: readonly UserOptions[], block: string): void => {
    for (const { user, nkey } of users) {
      const key = nkey ?? user;
      if (seen.has(key)) {
        const what = nkey === undefined ? "user" : "nkey";
        findings.error(positionOf(block), `Duplicate ${what} "${key}" detected`);
      }
      seen.add(key);
    }
  };
  check(authorization.users ?? [], "authorization");
  check(ofAccounts, "accounts");
}

/** Imports and exports name accounts that are there. */
function checkReferences(accounts: readonly AccountOptions[], reading: Reading): void {
  const { findings, positionOf } = reading;
  const names = new Set(accounts.map(({ name }) => name));
  const require = (name: string, what: string): void => {
    if (names.has(name)) return;
    findings.error(positionOf("accounts"), `"${name}" account not defined for ${what}`);
  };
  for (const { exports = [], imports = [] } of accounts) {
    for (const { kind, accounts: importers = [] } of exports) {
      for (const name of importers) require(name, `${kind} export`);
    }
    for (const { kind, account } of imports) require(account, `${kind} import`);
  }
}

function checkCallout({ authorization, accounts }: ConfigDraft, { findings }: Reading): void {
  const names = new Set(accounts.map(({ name }) => name));
  for (const name of authorization?.callout?.allowedAccounts ?? []) {
    if (names.has(name)) continue;
    findings.error(
      undefined,
      `auth_callout allowed account "${name}" not found in configured accounts`,
    );
  }
}
