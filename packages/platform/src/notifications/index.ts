/** What sends notifications: loaded where there is a rule. */
export { Notifier, type NotifierOptions } from "./notifier.ts";
export type { DiskUse, ServerProbes } from "./rules/looker.ts";
export { AddressGuard, type AddressGuardOptions } from "./send/address-guard.ts";
export { SendFailure } from "./send/send-failure.ts";
export type { NotifyStep, OnNotifyStep } from "./steps.ts";
