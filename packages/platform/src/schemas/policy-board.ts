import { OxbowError } from "@oxbow/base";
import { type CompiledSchema, compileSchema } from "@oxbow/gate";
import type { Attachment } from "oxbow/control";
import { readAttachment } from "./attachments.ts";
import type { Bucket, BucketEntry } from "./bucket.ts";
import { definitionOf } from "./definitions.ts";
import {
  readSchemaDocument,
  type SchemaDocument,
  type StoredVersion,
  schemaKeys,
  stationKeys,
} from "./documents.ts";

/** What a station demands of its messages, ready to be used. */
export interface ReadyPolicy {
  readonly attachment: Attachment;
  /** The version that is used now. */
  readonly version: number;
  readonly compiled: CompiledSchema;
  readonly problem: undefined;
}

/** What a station demands can't be found out, and why. */
export interface BrokenPolicy {
  /** `undefined` if not even that can be read. */
  readonly attachment: Attachment | undefined;
  readonly version: undefined;
  readonly compiled: undefined;
  readonly problem: string;
}

export type SchemaPolicy = ReadyPolicy | BrokenPolicy;

/** Something that was read, or why it can't be. */
type Read<T> = { readonly value: T } | { readonly problem: string };

/** Knows the documents of the bucket, and compiles what each station demands; stations that share a version share it. */
export class PolicyBoard {
  readonly #bucket: Bucket;
  readonly #schemas = new Map<string, Read<SchemaDocument>>();
  readonly #stations = new Map<string, Read<Attachment>>();
  readonly #revisions = new Map<string, number>();
  readonly #compiled = new Map<string, Read<CompiledSchema>>();
  /** What each station was last told, in words that are the same for the same policy. */
  readonly #told = new Map<string, string>();

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /**
   * Takes in what a key holds now, `undefined` if it was removed.
   *
   * @returns The stations whose policy may be another one.
   */
  take(key: string, text: string | undefined, revision: number): string[] {
    if ((this.#revisions.get(key) ?? 0) >= revision) return [];
    this.#revisions.set(key, revision);
    if (key.startsWith(stationKeys)) {
      const station = key.slice(stationKeys.length);
      set(this.#stations, station, text, (given) => readAttachment(key, given));
      return [station];
    }
    if (!key.startsWith(schemaKeys)) return [];
    const name = key.slice(schemaKeys.length);
    set(this.#schemas, name, text, (given) => readSchemaDocument(key, given));
    return [...this.#stations].flatMap(([station, read]) =>
      "value" in read && read.value.schema === name ? [station] : [],
    );
  }

  takeAll(entries: readonly BucketEntry[]): void {
    for (const { key, text, revision } of entries) this.take(key, text, revision);
  }

  get stations(): string[] {
    return [...this.#stations.keys()];
  }

  /**
   * The policy of a station, if it is another one than was told last; `undefined` in it means that there is none.
   *
   * @throws What reading from the bucket throws; the same can be asked again then.
   */
  async news(station: string): Promise<{ readonly policy: SchemaPolicy | undefined } | undefined> {
    const { policy, identity } = await this.#policyOf(station);
    if ((this.#told.get(station) ?? "") === identity) return undefined;
    if (policy === undefined) this.#told.delete(station);
    else this.#told.set(station, identity);
    this.#forgetUnused();
    return { policy };
  }

  async #policyOf(
    station: string,
  ): Promise<{ readonly policy: SchemaPolicy | undefined; readonly identity: string }> {
    const read = this.#stations.get(station);
    if (read === undefined) return { policy: undefined, identity: "" };
    if ("problem" in read) return broken(undefined, read.problem);
    const attachment = read.value;
    const used = this.#versionOf(attachment);
    if ("problem" in used) return broken(attachment, used.problem);
    const { document, version } = used.value;
    const key = keyOf(attachment, document, version);
    const compiled = this.#compiled.get(key) ?? (await this.#compile(attachment, used.value));
    this.#compiled.set(key, compiled);
    if ("problem" in compiled) return broken(attachment, compiled.problem);
    const { value } = compiled;
    const policy = { attachment, version: version.number, compiled: value, problem: undefined };
    return { policy, identity: JSON.stringify([key, attachment]) };
  }

  #versionOf({ schema, version: wanted }: Attachment): Read<{
    readonly document: SchemaDocument;
    readonly version: StoredVersion;
  }> {
    const read = this.#schemas.get(schema);
    if (read === undefined) return { problem: `there is no schema ${schema}` };
    if ("problem" in read) return read;
    const document = read.value;
    const number = wanted === "active" ? document.active : wanted;
    const version = document.versions.find((each) => each.number === number);
    if (version !== undefined) return { value: { document, version } };
    return {
      problem: `schema ${schema} has no ${number === null ? "active version" : `version ${number}`}`,
    };
  }

  async #compile(
    { schema, encoding }: Attachment,
    used: { readonly document: SchemaDocument; readonly version: StoredVersion },
  ): Promise<Read<CompiledSchema>> {
    try {
      const { document, version } = used;
      const definition = await definitionOf(this.#bucket, schema, document, version);
      return { value: compileSchema(definition, encoding) };
    } catch (error) {
      if (error instanceof OxbowError) return { problem: error.message };
      throw error;
    }
  }

  /** What no station uses any more, and what could not be compiled, which is tried again. */
  #forgetUnused(): void {
    const used = new Set<string>();
    for (const read of this.#stations.values()) {
      if ("problem" in read) continue;
      const version = this.#versionOf(read.value);
      if ("value" in version) {
        used.add(keyOf(read.value, version.value.document, version.value.version));
      }
    }
    for (const [key, compiled] of this.#compiled) {
      if (!used.has(key) || "problem" in compiled) this.#compiled.delete(key);
    }
  }
}

function broken(
  attachment: Attachment | undefined,
  problem: string,
): { readonly policy: BrokenPolicy; readonly identity: string } {
  const policy = { attachment, version: undefined, compiled: undefined, problem };
  return { policy, identity: JSON.stringify([attachment, problem]) };
}

function keyOf(
  { schema, encoding }: Attachment,
  { format, createdAt }: SchemaDocument,
  version: StoredVersion,
): string {
  return JSON.stringify([schema, createdAt, format, version, encoding]);
}

function set<T>(
  map: Map<string, Read<T>>,
  name: string,
  text: string | undefined,
  read: (text: string) => T,
): void {
  if (text === undefined) {
    map.delete(name);
    return;
  }
  try {
    map.set(name, { value: read(text) });
  } catch (error) {
    map.set(name, { problem: (error as Error).message });
  }
}
