import type { Clock } from "@oxbow/base";
import type { ResolvedEngineOptions } from "../engine-options.ts";
import type { Account } from "../routing/account.ts";
import { MessageRate } from "../routing/message-rate.ts";
import type { ReloadPart } from "./reload-part.ts";

/** Takes up how many messages clients of accounts may publish. */
export function messageRatePart(clock: Clock, accountOf: (name: string) => Account): ReloadPart {
  return {
    options: ["accounts", "accounts.messagesPerSecondMax"],
    prepare: (after, before) => () => {
      for (const { name } of before.accounts) accountOf(name).rate = undefined;
      setMessageRates(after, clock, accountOf);
    },
  };
}

/** Tells accounts how many messages their clients may publish. */
export function setMessageRates(
  { accounts }: ResolvedEngineOptions,
  clock: Clock,
  accountOf: (name: string) => Account,
): void {
  for (const { name, messagesPerSecondMax: perSecond } of accounts) {
    if (perSecond !== undefined) accountOf(name).rate = new MessageRate(perSecond, clock);
  }
}
