import { compileSchema, type SchemaDefinition } from "@oxbow/gate";
import { platformError } from "oxbow/internal";
import type { Bucket, BucketChange } from "./bucket.ts";
import { breaksWith, comparedVersions, refuseBreaks, type SchemaBreak } from "./compatibility.ts";
import { definitionOf, digestOf, resolve, textKey, versionIn } from "./definitions.ts";
import { type SchemaDocument, type StoredVersion, schemaKeys } from "./documents.ts";
import { registryLimits } from "./limits.ts";
import type { VersionDraft } from "./requests.ts";

/** Adds a version to a schema, or tells what would break. */
export class VersionAdder {
  readonly #bucket: Bucket;
  readonly #name: string;
  readonly #draft: VersionDraft;
  readonly #digest: string;
  /** What was compared with success, which is not compared again when the change is begun again. */
  #compared: string | undefined;

  constructor(bucket: Bucket, name: string, draft: VersionDraft) {
    this.#bucket = bucket;
    this.#name = name;
    this.#draft = draft;
    this.#digest = digestOf(draft.text);
  }

  /** The version that is the same already. */
  find({ versions }: SchemaDocument): StoredVersion | undefined {
    const { messageName } = this.#draft;
    const references = sorted(this.#draft.references);
    return versions.find(
      (version) =>
        version.text === this.#digest &&
        version.messageName === messageName &&
        sorted(version.references) === references,
    );
  }

  /** @throws OxbowError `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE`, `SCHEMA_REFERENCE_MISSING`, `SCHEMA_UNREADABLE` */
  async breaks(document: SchemaDocument): Promise<SchemaBreak[]> {
    return this.#compare(document, await this.#definition(document));
  }

  /**
   * The document with the version, which is not written yet; its text is.
   *
   * @throws OxbowError as {@link breaks} does, and `SCHEMA_INCOMPATIBLE`
   */
  async add(
    change: BucketChange,
    document: SchemaDocument,
    isActivated: boolean,
  ): Promise<SchemaDocument> {
    if (document.versions.length >= registryLimits.versionsMax) {
      const message = `schema ${this.#name} has ${registryLimits.versionsMax} versions, which is the most: delete one that nobody needs`;
      throw platformError("SCHEMA_TOO_LARGE", message);
    }
    const definition = await this.#definition(document);
    const compared = JSON.stringify([document, definition]);
    if (compared !== this.#compared) {
      const breaks = await this.#compare(document, definition);
      refuseBreaks(this.#name, document.compatibility, breaks);
      this.#compared = compared;
    }
    const { text, messageName, references } = this.#draft;
    const key = textKey(this.#digest);
    if ((await this.#bucket.read(key)) === undefined) await change.write(key, text);
    const number = document.nextNumber;
    const version = {
      number,
      text: this.#digest,
      bytes: Buffer.byteLength(text),
      messageName,
      references,
      createdAt: new Date().toISOString(),
    };
    return {
      ...document,
      active: isActivated || document.active === null ? number : document.active,
      nextNumber: number + 1,
      versions: [...document.versions, version],
    };
  }

  async #definition({ format }: SchemaDocument): Promise<SchemaDefinition> {
    if (this.#draft.messageName !== null && format !== "protobuf") {
      const message = `messageName: only Protobuf has messages to choose from, and schema ${this.#name} is ${format}: leave it out`;
      throw platformError("SCHEMA_INVALID", message);
    }
    return resolve(this.#bucket, this.#name, format, this.#draft);
  }

  async #compare(document: SchemaDocument, definition: SchemaDefinition): Promise<SchemaBreak[]> {
    compileSchema(definition);
    return breaksWith(document.compatibility, definition, comparedVersions(document), (number) => {
      const version = versionIn(this.#name, document, number);
      return definitionOf(this.#bucket, this.#name, document, version);
    });
  }
}

/** @throws OxbowError `SCHEMA_TOO_LARGE` */
export async function writeDocument(
  change: BucketChange,
  name: string,
  document: SchemaDocument,
): Promise<void> {
  const text = JSON.stringify(document);
  if (Buffer.byteLength(text) > registryLimits.documentBytesMax) {
    const message = `what there is to keep of schema ${name} besides its texts has more than ${registryLimits.documentBytesMax} bytes: delete versions that nobody needs`;
    throw platformError("SCHEMA_TOO_LARGE", message);
  }
  await change.write(`${schemaKeys}${name}`, text);
}

/** Their order means nothing. */
function sorted(references: VersionDraft["references"]): string {
  return JSON.stringify(
    references.map(({ name, schema, version }) => JSON.stringify([name, schema, version])).sort(),
  );
}
