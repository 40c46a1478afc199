import type { ResolvedEngineOptions } from "../engine-options.ts";
import { changedOptions } from "./changed-options.ts";
import type { ReloadOutcome, ReloadPart } from "./reload-part.ts";

/**
 * Has `parts` take up what has changed between two sets of options, all of it or, where something cannot change, nothing.
 *
 * @throws `ENGINE_OPTION_INVALID`; nothing was applied then.
 */
export async function reload(
  parts: readonly ReloadPart[],
  before: ResolvedEngineOptions,
  after: ResolvedEngineOptions,
): Promise<ReloadOutcome> {
  const changed = changedOptions(before, after);
  const known = new Set(parts.flatMap(({ options }) => options));
  const refused = changed.filter((option) => !known.has(option));
  if (refused.length > 0) return { applied: [], refused };
  const concerned = parts.filter(({ options }) =>
    options.some((option) => changed.includes(option)),
  );
  const prepared = await Promise.all(concerned.map(async (part) => part.prepare(after, before)));
  for (const apply of prepared) await apply();
  return { applied: changed, refused: [] };
}
