export { formatDurationMs, parseDurationMs } from "./duration.ts";
export { nearestWord } from "./nearest.ts";
export { formatSizeBytes, parseSizeBytes } from "./size.ts";
