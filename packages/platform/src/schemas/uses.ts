import { platformError } from "oxbow/internal";
import { readAttachment } from "./attachments.ts";
import type { Bucket } from "./bucket.ts";
import { textKey } from "./definitions.ts";
import { readSchemaDocument, schemaKeys, stationKeys, textKeys } from "./documents.ts";
import { registryLimits } from "./limits.ts";

/**
 * Who uses a schema, in words: versions of others that refer to it, and stations.
 *
 * @param number - Only who uses this version and no other.
 * @throws OxbowError `SCHEMA_UNREADABLE`, since what can't be read may use it
 */
export async function usesOf(bucket: Bucket, name: string, number?: number): Promise<string[]> {
  const uses: string[] = [];
  const isMeant = (version: number | "active"): boolean =>
    number === undefined || version === number;
  for (const { key, text } of await bucket.readAll(schemaKeys)) {
    for (const version of readSchemaDocument(key, text).versions) {
      const isUser = version.references.some(
        (reference) => reference.schema === name && isMeant(reference.version),
      );
      if (isUser) uses.push(`schema ${key.slice(schemaKeys.length)} version ${version.number}`);
    }
  }
  for (const { key, text } of await bucket.readAll(stationKeys)) {
    const { station, schema, version } = readAttachment(key, text);
    if (schema === name && isMeant(version)) uses.push(`station ${station}`);
  }
  return uses;
}

/** @throws OxbowError `SCHEMA_IN_USE` if there are any, naming them. */
export function refuseUse(what: string, uses: readonly string[]): void {
  if (uses.length === 0) return;
  const told = uses.slice(0, registryLimits.usesTold).join(", ");
  const more = uses.length - registryLimits.usesTold;
  const rest = more > 0 ? ` and ${more} more` : "";
  const message = `${what} is used by ${told}${rest}: delete what refers to it, and detach it from stations or pin them to another version`;
  throw platformError("SCHEMA_IN_USE", message);
}

/** Removes the texts that no version has any more, also those that a crash left. */
export async function removeUnusedTexts(bucket: Bucket): Promise<void> {
  await bucket.change(async (change) => {
    const used = new Set<string>();
    for (const { key, text } of await bucket.readAll(schemaKeys)) {
      for (const version of readSchemaDocument(key, text).versions) {
        used.add(textKey(version.text));
      }
    }
    for (const key of await bucket.liveKeys(`${textKeys}>`)) {
      if (!used.has(key)) await change.remove(key);
    }
  });
}
