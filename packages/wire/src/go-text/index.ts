export { formatGoDuration, parseGoDuration } from "./duration.ts";
export { goQuote } from "./quote.ts";
