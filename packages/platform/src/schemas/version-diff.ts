import type { Bucket } from "./bucket.ts";
import { breaksWith } from "./compatibility.ts";
import { definitionOf, getDocument, versionIn } from "./definitions.ts";
import { type SchemaDiff, unifiedDiff } from "./schema-diff.ts";

/**
 * How two versions of a schema differ.
 *
 * @throws OxbowError `SCHEMA_NOT_FOUND`
 */
export function diffOf(
  bucket: Bucket,
  name: string,
  from: number,
  to: number,
): Promise<SchemaDiff> {
  return bucket.settle(async () => {
    const document = await getDocument(bucket, name);
    const [old, young] = [versionIn(name, document, from), versionIn(name, document, to)];
    const [before, after] = await Promise.all([
      definitionOf(bucket, name, document, old),
      definitionOf(bucket, name, document, young),
    ]);
    const breaks = await breaksWith("full", after, [from], () => Promise.resolve(before));
    const names = [`${name} version ${from}`, `${name} version ${to}`] as const;
    return { from, to, lines: unifiedDiff(before.text, after.text, names), breaks };
  });
}
