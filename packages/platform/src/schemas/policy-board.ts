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

/** The policy of a station. */
interface Found {
  readonly policy: SchemaPolicy | undefined;
  /** Which of the compiled ones it is. */
  readonly key: string | undefined;
  /** Words that are the same for the same policy. */
  readonly identity: string;
}

const nothing: Found = { policy: undefined, key: undefined, identity: "" };

/** Knows the documents of the bucket, and compiles what each station demands; stations that share a version share it. */
export class PolicyBoard {
  readonly #bucket: Bucket;
  readonly #schemas = new Map<string, Read<SchemaDocument>>();
  readonly #stations = new Map<string, Read<Attachment>>();
  readonly #revisions = new Map<string, number>();
  readonly #compiled = new Map<string, CompiledSchema>();
  /** How many stations were last told of each of those. */
  readonly #uses = new Map<string, number>();
  /** What each station was last told. */
  readonly #told = new Map<string, Found>();

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
    const found = await this.#policyOf(station);
    const before = this.#told.get(station) ?? nothing;
    if (before.identity === found.identity) return undefined;
    if (found.policy === undefined) this.#told.delete(station);
    else this.#told.set(station, found);
    this.#count(found.key, 1);
    this.#count(before.key, -1);
    return { policy: found.policy };
  }

  async #policyOf(station: string): Promise<Found> {
    const stored = this.#stations.get(station);
    if (stored === undefined) return nothing;
    if ("problem" in stored) return broken(undefined, stored.problem);
    const attachment = stored.value;
    const used = this.#versionOf(attachment);
    if ("problem" in used) return broken(attachment, used.problem);
    const { document, version } = used.value;
    const key = keyOf(attachment, document, version);
    const known = this.#compiled.get(key);
    const read = known ? { value: known } : await this.#compile(attachment, used.value);
    // What could not be compiled is tried again the next time.
    if ("problem" in read) return broken(attachment, read.problem);
    const { value: compiled } = read;
    this.#compiled.set(key, compiled);
    const policy = { attachment, version: version.number, compiled, problem: undefined };
    return { policy, key, identity: JSON.stringify([key, attachment]) };
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

  /** What no station uses any more is forgotten. */
  #count(key: string | undefined, change: 1 | -1): void {
    if (key === undefined) return;
    const uses = (this.#uses.get(key) ?? 0) + change;
    if (uses > 0) {
      this.#uses.set(key, uses);
      return;
    }
    this.#uses.delete(key);
    this.#compiled.delete(key);
  }
}

function broken(attachment: Attachment | undefined, problem: string): Found {
  const policy = { attachment, version: undefined, compiled: undefined, problem };
  return { policy, key: undefined, identity: JSON.stringify([attachment, problem]) };
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
