export { type CheckOptions, checkHistory, HistoryChecker } from "./checker.ts";
export {
  checksumOf,
  decodeHistory,
  encodeHistoryEvent,
  History,
  type HistoryEvent,
  type MessageIdentity,
} from "./history.ts";
export {
  describeViolations,
  type HistoryRule,
  historyRules,
  type Violation,
} from "./violation.ts";
