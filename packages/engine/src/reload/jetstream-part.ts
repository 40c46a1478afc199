import type { ResolvedEngineOptions } from "../engine-options.ts";
import type { ReloadPart } from "./reload-part.ts";

/** Takes up which accounts have JetStream, and how much of it; what an account has already stays. */
export function jetstreamPart(enable: (after: ResolvedEngineOptions) => Promise<void>): ReloadPart {
  return {
    options: ["accounts", "accounts.jetstream", "accounts.jetstreamTiers"],
    prepare: (after) => () => enable(after),
  };
}
