import { platformError } from "./control/platform-errors.ts";

const charsMax = 128;
const codes = {
  station: "STATION_INVALID",
  group: "GROUP_INVALID",
  schema: "SCHEMA_INVALID",
} as const;

/**
 * A name as it is kept: in lower case.
 *
 * @param name - 1 to 128 letters, digits, `_`, `-` and `.`, with a letter or digit first and last.
 * @throws OxbowError `STATION_INVALID`, `GROUP_INVALID` or `SCHEMA_INVALID`
 */
export function checkedName(name: string, kind: keyof typeof codes): string {
  const lower = name.toLowerCase();
  const code = codes[kind];
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
