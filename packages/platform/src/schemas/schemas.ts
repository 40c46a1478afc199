import type { NatsConnection } from "@nats-io/nats-core";
import type { CompatibilityMode, SchemaDefinition } from "@oxbow/gate";
import type {
  Attachment,
  AttachmentRequest,
  Schema,
  SchemaRequest,
  SchemaTrial,
  SchemaVersion,
  TryRequest,
  VersionRequest,
} from "oxbow/control";
import { platformError } from "oxbow/internal";
import { Stations } from "../stations/stations.ts";
import { Attachments } from "./attachments.ts";
import { Bucket } from "./bucket.ts";
import type { SchemaBreak } from "./compatibility.ts";
import { definitionOf, findDocument, getDocument, versionIn } from "./definitions.ts";
import { deleteSchema, deleteVersion } from "./deletion.ts";
import {
  documentVersion,
  readSchemaDocument,
  type SchemaDocument,
  schemaKeys,
} from "./documents.ts";
import { registryLimits } from "./limits.ts";
import {
  readCompatibility,
  readSchemaRequest,
  readTryRequest,
  readVersionRequest,
} from "./requests.ts";
import { schemaOf, versionOf } from "./schema.ts";
import type { SchemaDiff } from "./schema-diff.ts";
import { schemaName } from "./schema-name.ts";
import { tryOut } from "./schema-trial.ts";
import { VersionAdder, writeDocument } from "./version-adder.ts";
import { diffOf } from "./version-diff.ts";
import { type PolicyNews, policyRevision, watchPolicies } from "./watch-policies.ts";

/** How the registry keeps what it keeps. */
export interface SchemasOptions {
  /** Copies of the bucket in a cluster, 1 by default; only used if there is no bucket yet. */
  readonly replicas?: number;
}

/**
 * The schemas of an account, and which stations use them. All of it is kept in the KV bucket `oxbow` (FORMAT.md):
 * nothing here is remembered, and any number of these can work side by side.
 *
 * Besides what they name, all methods throw `SCHEMA_UNREADABLE` where the bucket holds what this program can't read,
 * and those that change something `SCHEMA_BUSY` and `SCHEMA_UNAVAILABLE`.
 */
export class Schemas {
  readonly #bucket: Bucket;
  readonly #attachments: Attachments;

  private constructor(bucket: Bucket, attachments: Attachments) {
    this.#bucket = bucket;
    this.#attachments = attachments;
  }

  /**
   * @param connection - Stays the caller's.
   * @throws OxbowError `SCHEMA_UNAVAILABLE`
   */
  static async open(
    connection: NatsConnection,
    { replicas = 1 }: SchemasOptions = {},
  ): Promise<Schemas> {
    const stations = await Stations.open(connection);
    const bucket = await Bucket.open(connection, replicas);
    return new Schemas(bucket, new Attachments(bucket, stations));
  }

  /**
   * Makes a schema. One that is there with the same settings, and has the version if one is given, is left as it is.
   *
   * @throws OxbowError `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE`, `SCHEMA_REFERENCE_MISSING`, `SCHEMA_EXISTS`
   */
  async create(givenName: string, request: SchemaRequest): Promise<Schema> {
    const name = schemaName(givenName);
    const { format, compatibility, first } = readSchemaRequest(request);
    const adder = first && new VersionAdder(this.#bucket, name, first);
    return this.#bucket.change(async (change) => {
      const existing = await findDocument(this.#bucket, name);
      if (existing !== undefined) {
        const isThere = adder === undefined || adder.find(existing) !== undefined;
        const isSame = existing.format === format && existing.compatibility === compatibility;
        if (isThere && isSame) return schemaOf(name, existing);
        const message = `there is a schema ${name} which is another one: add a version to it, or choose another name`;
        throw platformError("SCHEMA_EXISTS", message);
      }
      await this.#refuseTooMany();
      const empty: SchemaDocument = {
        version: documentVersion,
        format,
        compatibility,
        active: null,
        nextNumber: 1,
        createdAt: new Date().toISOString(),
        versions: [],
      };
      const document = adder === undefined ? empty : await adder.add(change, empty, true);
      await writeDocument(change, name, document);
      return schemaOf(name, document);
    });
  }

  /**
   * Adds a version. The same text, with the same message and references, gives the version that there is.
   *
   * A version is compared with the last one and with the active one, which are two after a roll-back, or with all of
   * them if the mode is transitive. A version that was deleted does not count.
   *
   * @param isActivated - Whether it becomes the active one at once. The first one does in any case.
   * @throws OxbowError `SCHEMA_NOT_FOUND`, `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE`, `SCHEMA_REFERENCE_MISSING`,
   * `SCHEMA_INCOMPATIBLE`, which says what breaks
   */
  async addVersion(
    givenName: string,
    request: VersionRequest,
    { isActivated = false }: { readonly isActivated?: boolean } = {},
  ): Promise<SchemaVersion> {
    const name = schemaName(givenName);
    const adder = new VersionAdder(this.#bucket, name, readVersionRequest(request));
    return this.#bucket.change(async (change) => {
      const before = await getDocument(this.#bucket, name);
      const same = adder.find(before);
      if (same !== undefined && (!isActivated || before.active === same.number)) {
        return versionOf(before, same);
      }
      const document =
        same === undefined
          ? await adder.add(change, before, isActivated)
          : { ...before, active: same.number };
      await writeDocument(change, name, document);
      const number = same?.number ?? before.nextNumber;
      return versionOf(document, versionIn(name, document, number));
    });
  }

  /**
   * What would break if a version were added; nothing is changed.
   *
   * @throws OxbowError as {@link addVersion} does, but for `SCHEMA_INCOMPATIBLE`
   */
  async check(givenName: string, request: VersionRequest): Promise<SchemaBreak[]> {
    const name = schemaName(givenName);
    const adder = new VersionAdder(this.#bucket, name, readVersionRequest(request));
    return this.#bucket.settle(async () => adder.breaks(await getDocument(this.#bucket, name)));
  }

  /**
   * Whether a text is a schema, and a message fits it; nothing is changed.
   *
   * @throws OxbowError `SCHEMA_NOT_FOUND`, `SCHEMA_INVALID` where the question itself is wrong
   */
  async try(givenName: string, request: TryRequest): Promise<SchemaTrial> {
    const name = schemaName(givenName);
    const trial = readTryRequest(request);
    return this.#bucket.settle(() => tryOut(this.#bucket, name, trial));
  }

  /** All schemas, by name. */
  async list(): Promise<Schema[]> {
    const entries = await this.#bucket.readAll(schemaKeys);
    return entries.map(({ key, text }) =>
      schemaOf(key.slice(schemaKeys.length), readSchemaDocument(key, text)),
    );
  }

  /** The schema, or `undefined` if there is none of the name. */
  async find(givenName: string): Promise<Schema | undefined> {
    const name = schemaName(givenName);
    const document = await findDocument(this.#bucket, name);
    return document && schemaOf(name, document);
  }

  /** @throws OxbowError `SCHEMA_NOT_FOUND` */
  async get(givenName: string): Promise<Schema> {
    const name = schemaName(givenName);
    return schemaOf(name, await getDocument(this.#bucket, name));
  }

  /**
   * The text of a version with all that it refers to, as `compileSchema` of `@oxbow/gate` takes it.
   *
   * @throws OxbowError `SCHEMA_NOT_FOUND`
   */
  async definition(givenName: string, number: number): Promise<SchemaDefinition> {
    const name = schemaName(givenName);
    return this.#bucket.settle(async () => {
      const document = await getDocument(this.#bucket, name);
      return definitionOf(this.#bucket, name, document, versionIn(name, document, number));
    });
  }

  /**
   * Makes a version the active one, be it later or earlier than the one that is. Compatibility is not asked for: each
   * version was compared when it was added. What was written with the version before stays; {@link diff} says whether
   * it can be read with this one.
   *
   * @throws OxbowError `SCHEMA_NOT_FOUND`
   */
  async activate(givenName: string, number: number): Promise<Schema> {
    return this.#edit(givenName, (name, document) => {
      versionIn(name, document, number);
      return { ...document, active: number };
    });
  }

  /**
   * Changes what new versions must allow. Those that there are stay as they are.
   *
   * @throws OxbowError `SCHEMA_NOT_FOUND`, `SCHEMA_INVALID`
   */
  async setCompatibility(givenName: string, mode: CompatibilityMode): Promise<Schema> {
    const compatibility = readCompatibility(mode);
    return this.#edit(givenName, (_, document) => ({ ...document, compatibility }));
  }

  /**
   * How two versions differ: their lines, and who can't read what if `to` is taken for `from`.
   *
   * @throws OxbowError `SCHEMA_NOT_FOUND`
   */
  async diff(givenName: string, from: number, to: number): Promise<SchemaDiff> {
    return diffOf(this.#bucket, schemaName(givenName), from, to);
  }

  /**
   * Deletes a version that is not active, that no schema refers to, and to which no station is pinned.
   *
   * @returns Whether it was there.
   * @throws OxbowError `SCHEMA_IN_USE`, naming who uses it
   */
  async deleteVersion(givenName: string, number: number): Promise<boolean> {
    return deleteVersion(this.#bucket, schemaName(givenName), number);
  }

  /**
   * Deletes a schema that is attached to no station, and that no other one refers to.
   *
   * @returns Whether it was there.
   * @throws OxbowError `SCHEMA_IN_USE`, naming who uses it
   */
  async delete(givenName: string): Promise<boolean> {
    return deleteSchema(this.#bucket, schemaName(givenName));
  }

  /**
   * Has a station use a schema, instead of the one it uses.
   *
   * @throws OxbowError `STATION_INVALID`, `STATION_NOT_FOUND`, `SCHEMA_INVALID`, `SCHEMA_NOT_FOUND`, `SCHEMA_TOO_LARGE`
   */
  attach(station: string, request: AttachmentRequest): Promise<Attachment> {
    return this.#attachments.attach(station, request);
  }

  /**
   * Has a station, which may be gone already, use no schema.
   *
   * @returns Whether it used one.
   * @throws OxbowError `STATION_INVALID`
   */
  detach(station: string): Promise<boolean> {
    return this.#attachments.detach(station);
  }

  /** What a station uses. @throws OxbowError `STATION_INVALID` */
  attachment(station: string): Promise<Attachment | undefined> {
    return this.#attachments.find(station);
  }

  /** What all stations use, by station; of one schema only, if it is given. */
  async attachments(givenName?: string): Promise<Attachment[]> {
    const name = givenName === undefined ? undefined : schemaName(givenName);
    const all = await this.#attachments.list();
    return all.filter(({ schema }) => name === undefined || schema === name);
  }

  /**
   * What stations demand of their messages, compiled: first of all that demand something, then, after one answer
   * without a station, of each for which it becomes another.
   *
   * @param signal - Ends it, also while it waits. Otherwise it goes on until the connection is closed.
   * @param onSeen - Called once whoever listens has taken everything up to a revision.
   * @throws What the connection throws while something is read; then it is to be begun again.
   */
  watchPolicies(
    signal?: AbortSignal,
    onSeen?: (revision: number) => void,
  ): AsyncGenerator<PolicyNews, void, undefined> {
    return watchPolicies(this.#bucket, signal, onSeen);
  }

  /** The last revision that says anything of policies: who has seen it knows all of them. */
  policyRevision(): Promise<number> {
    return policyRevision(this.#bucket);
  }

  async #edit(
    givenName: string,
    edit: (name: string, document: SchemaDocument) => SchemaDocument,
  ): Promise<Schema> {
    const name = schemaName(givenName);
    return this.#bucket.change(async (change) => {
      const before = await getDocument(this.#bucket, name);
      const document = edit(name, before);
      const isSame = JSON.stringify(document) === JSON.stringify(before);
      if (!isSame) await writeDocument(change, name, document);
      return schemaOf(name, document);
    });
  }

  async #refuseTooMany(): Promise<void> {
    const { schemasMax } = registryLimits;
    if ((await this.#bucket.keys(schemaKeys)).length < schemasMax) return;
    if ((await this.#bucket.liveKeys(`${schemaKeys}>`)).length < schemasMax) return;
    const message = `there are ${schemasMax} schemas, which is the most: delete one first`;
    throw platformError("SCHEMA_TOO_LARGE", message);
  }
}
