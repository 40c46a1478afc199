import type { ResolvedEngineOptions } from "../engine-options.ts";
import type { AccountOptions } from "../options/accounts.ts";

/** Options whose fields are looked at one by one. */
const groups: ReadonlySet<string> = new Set(["limits", "jetstream", "websocket", "leafnodes"]);

/** The names of the options that differ; see `ReloadPart.options`. */
export function changedOptions(
  before: ResolvedEngineOptions,
  after: ResolvedEngineOptions,
): readonly string[] {
  const changed: string[] = [];
  for (const [name, old, now] of fieldPairs(before, after)) {
    if (isSame(old, now)) continue;
    if (name === "accounts") changed.push(...changedAccounts(before.accounts, after.accounts));
    else if (groups.has(name) && isRecord(old) && isRecord(now)) {
      for (const [field, oldField, nowField] of fieldPairs(old, now)) {
        if (!isSame(oldField, nowField)) changed.push(`${name}.${field}`);
      }
    } else {
      changed.push(name);
    }
  }
  return changed;
}

/** `accounts` if some came or went, and `accounts.<field>` for each field that differs in any. */
function changedAccounts(
  before: readonly AccountOptions[],
  after: readonly AccountOptions[],
): readonly string[] {
  const changed = new Set<string>();
  const old = new Map(before.map((account) => [account.name, account]));
  const now = new Map(after.map((account) => [account.name, account]));
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    if (!old.has(name) || !now.has(name)) changed.add("accounts");
    for (const [field, oldField, nowField] of fieldPairs(
      old.get(name) ?? {},
      now.get(name) ?? {},
    )) {
      if (field !== "name" && !isSame(oldField, nowField)) changed.add(`accounts.${field}`);
    }
  }
  return [...changed];
}

/** The fields of two objects with their values in both. */
function fieldPairs(before: object, after: object): (readonly [string, unknown, unknown])[] {
  const old = before as Readonly<Record<string, unknown>>;
  const now = after as Readonly<Record<string, unknown>>;
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...names].map((name) => [name, old[name], now[name]]);
}

/** Whether two values say the same. Fields that are `undefined` are as good as absent. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  return fieldPairs(a, b).every(([, old, now]) => isSame(old, now));
}

/** Plain objects only: those of classes, such as a resolver, are the same if they are the same one. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}
