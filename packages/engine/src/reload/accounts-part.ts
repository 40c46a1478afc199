import type { ReloadPart } from "./reload-part.ts";

/**
 * Lets go of accounts that are not configured any more, once nobody is in them and nothing is shared with them. What is
 * stored of them stays, and is there again when they are.
 */
export function accountsPart(forget: (name: string) => Promise<void>): ReloadPart {
  return {
    options: ["accounts"],
    prepare: (after, before) => async () => {
      const names = new Set(after.accounts.map(({ name }) => name));
      for (const { name } of before.accounts) if (!names.has(name)) await forget(name);
    },
  };
}
