import { createTwoFilesPatch } from "diff";
import type { SchemaBreak } from "./compatibility.ts";
import { registryLimits } from "./limits.ts";

/** How two versions of a schema differ. */
export interface SchemaDiff {
  readonly from: number;
  readonly to: number;
  /** The lines that differ, as a unified diff; empty if none do. */
  readonly lines: string;
  /** What breaks if the one is taken for the other: `version` is the one that is left, `from`. */
  readonly breaks: readonly SchemaBreak[];
}

/**
 * A unified diff of two texts; of texts that differ in too many lines it replaces one by the other.
 *
 * @returns Empty if they are the same.
 */
export function unifiedDiff(from: string, to: string, names: readonly [string, string]): string {
  if (from === to) return "";
  const { editsMax } = registryLimits;
  const options = { context: 3, maxEditLength: editsMax };
  const patch = createTwoFilesPatch(...names, from, to, undefined, undefined, options);
  return patch === undefined ? replacement(from, to, names) : withoutRule(patch);
}

/** The library begins with a line of its own before the names. */
function withoutRule(patch: string): string {
  return patch.slice(patch.indexOf("--- "));
}

function replacement(from: string, to: string, names: readonly [string, string]): string {
  const [old, young] = [from, to].map((text) => text.replace(/\n$/, "").split("\n"));
  const [oldLines, newLines] = [old ?? [], young ?? []];
  return [
    `--- ${names[0]}`,
    `+++ ${names[1]}`,
    `@@ -1,${oldLines.length} +1,${newLines.length} @@`,
    ...oldLines.map((line) => `-${line}`),
    ...newLines.map((line) => `+${line}`),
    "",
  ].join("\n");
}
