import type { RuleKind } from "./types/notification.ts";

/** All that rules of notifications can tell of. */
export const ruleKinds: readonly [RuleKind, ...RuleKind[]] = [
  "deadLetter",
  "schemaRefused",
  "groupLag",
  "producerGone",
  "consumerGone",
  "storageFilling",
  "stationIdle",
  "engineUnhealthy",
];
