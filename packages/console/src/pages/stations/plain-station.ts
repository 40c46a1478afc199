import type { StationSettings } from "oxbow/internal";

/** What the platform takes where nobody says anything; the server has the last word. */
export const plainStation: StationSettings = {
  description: "",
  tags: [],
  storage: "file",
  replicas: 1,
  partitions: 1,
  maxAgeMs: 7 * 86_400_000,
  maxMessages: null,
  maxBytes: null,
  untilAcknowledged: false,
  discard: "old",
  keepPerKey: null,
  messageBytesMax: null,
  duplicatesBy: "id",
  duplicateWindowMs: 120_000,
  deadLetterReasons: ["exhausted", "terminated", "refused"],
  deadLetterMaxAgeMs: 0,
  deadLetterStation: null,
};
