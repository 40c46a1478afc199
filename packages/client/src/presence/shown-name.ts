import { clientError } from "../errors.ts";

const charsMax = 128;
/** What is not shown, or turns around what is. */
const unshown = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** What of a name can be shown; `oxbow` if that is nothing. */
export function shownName(name: string): string {
  return name.replaceAll(unshown, " ").trim().slice(0, charsMax).trim() || "oxbow";
}

/** @throws OxbowError `OPTIONS_INVALID` for a name that a producer or consumer can't have */
export function checkedShownName(name: string): string {
  if (typeof name === "string" && name !== "" && shownName(name) === name) return name;
  const text = `${JSON.stringify(name)} is no name for a producer or consumer: give 1 to ${charsMax} characters that can be shown`;
  throw clientError("OPTIONS_INVALID", text);
}
