import type { AccountOptions, EngineOptions } from "@oxbow/engine";
import type { Findings } from "./findings.ts";
import type { NatsServerConfig } from "./server-config.ts";

/** A construct the language has and the engine does not carry out yet. */
interface Pending {
  readonly construct: string;
  isUsed(options: EngineOptions): boolean;
}

/**
 * What is refused rather than passed over in silence. An entry goes in the commit that gives the engine the behaviour.
 */
const pending: readonly Pending[] = [
  {
    construct: "jetstream of an account",
    isUsed: (options) => hasAccount(options, ({ jetstream = false }) => jetstream !== false),
  },
  {
    construct: "jetstream domain",
    isUsed: ({ jetstream }) => jetstream?.domain !== undefined,
  },
];

export function refusePending({ engine: options }: NatsServerConfig, findings: Findings): void {
  for (const { construct, isUsed } of pending) {
    if (isUsed(options)) findings.error(undefined, `${construct}: not supported: take it out`);
  }
}

function hasAccount(
  { accounts = [] }: EngineOptions,
  test: (account: AccountOptions) => boolean,
): boolean {
  return accounts.some(test);
}
