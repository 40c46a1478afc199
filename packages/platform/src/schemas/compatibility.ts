import {
  type CompatibilityMode,
  checkCompatibility,
  type Incompatibility,
  type SchemaDefinition,
} from "@oxbow/gate";
import { platformError } from "oxbow/internal";
import type { SchemaDocument } from "./documents.ts";
import { registryLimits } from "./limits.ts";

/** Something that breaks between a new version of a schema and one that there is. */
export interface SchemaBreak extends Incompatibility {
  /** The version that there is. */
  readonly version: number;
  /** Who can't read: with the new version what is there, or with the other one what will be. */
  readonly direction: "backward" | "forward";
}

/**
 * The versions that a new one is compared with: the last one and, if it is another, the active one, since messages are
 * written with it; or with a transitive mode all of them. Those that were deleted do not count.
 */
export function comparedVersions({ compatibility, versions, active }: SchemaDocument): number[] {
  if (compatibility === "none") return [];
  const numbers = versions.map(({ number }) => number);
  if (compatibility.endsWith("-transitive")) return numbers;
  const last = numbers.at(-1);
  return numbers.filter((number) => number === last || number === active);
}

/**
 * Compares a new version with others, one after the other, so that only one comparison keeps others waiting.
 *
 * @param read - Gives the definition of a version.
 * @throws OxbowError as `checkCompatibility` does
 */
export async function breaksWith(
  mode: CompatibilityMode,
  candidate: SchemaDefinition,
  versions: readonly number[],
  read: (number: number) => Promise<SchemaDefinition>,
): Promise<SchemaBreak[]> {
  const direct = mode.replace("-transitive", "") as CompatibilityMode;
  const breaks: SchemaBreak[] = [];
  for (const version of versions) {
    const found = checkCompatibility(direct, candidate, [await read(version)]);
    breaks.push(...found.map(({ earlier: _, ...each }) => ({ ...each, version })));
  }
  return breaks;
}

/** What breaks, in words: who can't read what, where, and why. */
export function describeBreak({ direction, version, path, message }: SchemaBreak): string {
  const who =
    direction === "backward"
      ? `the new version can't read what was written with version ${version}`
      : `version ${version} can't read what will be written with the new one`;
  return `${who}: ${path === "" ? "" : `${path} `}${message}`;
}

/** @throws OxbowError `SCHEMA_INCOMPATIBLE` if there are any, saying what breaks. */
export function refuseBreaks(
  name: string,
  mode: CompatibilityMode,
  breaks: readonly SchemaBreak[],
): void {
  if (breaks.length === 0) return;
  const told = breaks.slice(0, registryLimits.breaksTold).map(describeBreak);
  const more = breaks.length - told.length;
  const rest = more > 0 ? `; and ${more} more` : "";
  const message = `schema ${name} must stay ${mode} compatible, and ${told.join("; ")}${rest}. Change the text, the compatibility mode, or make another schema`;
  throw platformError("SCHEMA_INCOMPATIBLE", message);
}
