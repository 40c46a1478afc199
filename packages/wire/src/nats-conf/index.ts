export { type ConfErrorCode, formatConfPosition } from "./errors.ts";
export { type ConfInclude, type ConfOptions, parseNatsConf } from "./parser.ts";
export {
  type ConfEntry,
  type ConfMap,
  type ConfPosition,
  type ConfValue,
  confMapToPlain,
  confToPlain,
  describeConfKind,
} from "./value.ts";
