import { readFileSync } from "node:fs";
import { UsageError } from "../failures.ts";

/** What an option says, or what the file holds that it names: `@FILE`. @throws UsageError */
export function textOf(text: string): string {
  if (!text.startsWith("@")) return text;
  try {
    return readFileSync(text.slice(1), "utf8").trim();
  } catch (error) {
    throw new UsageError(`${text.slice(1)} can't be read: ${(error as Error).message}`);
  }
}
