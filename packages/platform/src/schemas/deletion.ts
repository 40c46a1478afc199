import { platformError } from "oxbow/internal";
import type { Bucket } from "./bucket.ts";
import { findDocument } from "./definitions.ts";
import { schemaKeys } from "./documents.ts";
import { refuseUse, removeUnusedTexts, usesOf } from "./uses.ts";
import { writeDocument } from "./version-adder.ts";

/**
 * Deletes a version of a schema, with its text if no other one has it.
 *
 * @returns Whether it was there.
 * @throws OxbowError `SCHEMA_IN_USE`, naming who uses it
 */
export async function deleteVersion(
  bucket: Bucket,
  name: string,
  number: number,
): Promise<boolean> {
  const isDeleted = await bucket.change(async (change) => {
    const document = await findDocument(bucket, name);
    const versions = document?.versions.filter((version) => version.number !== number) ?? [];
    if (document === undefined || versions.length === document.versions.length) return false;
    if (document.active === number) {
      const message = `version ${number} of schema ${name} is active: activate another one first`;
      throw platformError("SCHEMA_IN_USE", message);
    }
    const uses = await usesOf(bucket, name, number);
    refuseUse(`version ${number} of schema ${name}`, uses);
    await writeDocument(change, name, { ...document, versions });
    return true;
  });
  await cleanUp(bucket);
  return isDeleted;
}

/**
 * The same with a whole schema.
 *
 * @returns Whether it was there.
 * @throws OxbowError `SCHEMA_IN_USE`, naming who uses it
 */
export async function deleteSchema(bucket: Bucket, name: string): Promise<boolean> {
  const isDeleted = await bucket.change(async (change) => {
    if ((await findDocument(bucket, name)) === undefined) return false;
    refuseUse(`schema ${name}`, await usesOf(bucket, name));
    await change.remove(`${schemaKeys}${name}`);
    return true;
  });
  await cleanUp(bucket);
  return isDeleted;
}

/** What was to be deleted is: texts that could not be removed stay until the next time. */
async function cleanUp(bucket: Bucket): Promise<void> {
  await removeUnusedTexts(bucket).catch(() => undefined);
}
