import type { ReloadPart } from "./reload-part.ts";

/** Options that are only shown: whoever shows them asks the engine for its options. */
export function shownPart(): ReloadPart {
  return { options: ["tags", "metadata"], prepare: () => () => {} };
}
