import { platformError } from "./errors.ts";

const charsMax = 128;

/**
 * A name as it is kept: in lower case.
 *
 * @param name - 1 to 128 letters, digits, `_`, `-` and `.`, with a letter or digit first and last.
 * @throws OxbowError `STATION_INVALID` or `GROUP_INVALID`
 */
export function checkedName(name: string, kind: "station" | "group"): string {
  const lower = name.toLowerCase();
  const code = kind === "station" ? "STATION_INVALID" : "GROUP_INVALID";
  if (lower.length === 0) throw platformError(code, `a ${kind} needs a name`);
  if (lower.length > charsMax) {
    const message = `the name has ${lower.length} characters, and can have ${charsMax}`;
    throw platformError(code, message);
  }
  if (!/^[a-z0-9_.-]*$/.test(lower)) {
    const message = `${JSON.stringify(name)} is no name for a ${kind}: use letters, digits, "_", "-" and "."`;
    throw platformError(code, message);
  }
  if (!/^[a-z0-9](?:.*[a-z0-9])?$/.test(lower) || lower.includes("..")) {
    const message = `${JSON.stringify(name)} is no name for a ${kind}: begin and end it with a letter or digit, and put no two dots together`;
    throw platformError(code, message);
  }
  return lower;
}
