import type { NatsConnection } from "@nats-io/nats-core";
import type {
  Ingest,
  IngestChanges,
  IngestRequest,
  IngestRotation,
  IngestWithSecret,
} from "oxbow/control";
import { platformError, stationName } from "oxbow/internal";
import { Bucket, hasStream } from "../schemas/bucket.ts";
import {
  type IngestDocument,
  ingestBucketStream,
  ingestId,
  ingestKeys,
  ingestPlace,
  ingestVersion,
  type Old,
  readIngestDocument,
} from "./documents.ts";
import { ingestLimits } from "./limits.ts";
import {
  ingestName,
  newSecret,
  readIngestChanges,
  readIngestRequest,
  readIngestRotation,
} from "./requests.ts";
import { ingestPath, newUrlSecret, urlDigestOf } from "./token.ts";

/** Of which tenant the URLs are, and what time it is. */
export interface IngestsOptions {
  readonly tenant: string;
  readonly nowMs?: () => number;
}

/**
 * Ingest URLs: by which senders of webhooks put messages into a station. They are kept in the KV bucket `oxbow_ingest` of the
 * account (FORMAT.md): nothing here is remembered, and any number of these can work side by side.
 *
 * Besides what they name, all methods throw `INGEST_INVALID` for names that nothing can have, `INGEST_UNREADABLE` where the
 * bucket holds what this program can't read, and those that change something `INGEST_BUSY` and `INGEST_UNAVAILABLE`.
 */
export class Ingests {
  readonly #bucket: Bucket;
  readonly #tenant: string;
  readonly #nowMs: () => number;

  private constructor(bucket: Bucket, { tenant, nowMs = Date.now }: IngestsOptions) {
    this.#bucket = bucket;
    this.#tenant = tenant;
    this.#nowMs = nowMs;
  }

  /**
   * Makes the bucket if there is none.
   *
   * @param connection - Stays the caller's.
   * @throws OxbowError `INGEST_UNAVAILABLE`
   */
  static async open(connection: NatsConnection, options: IngestsOptions): Promise<Ingests> {
    return new Ingests(await Bucket.open(connection, 1, ingestPlace), options);
  }

  /** `undefined` if there is no bucket, and so no URL. */
  static async openIfAny(
    connection: NatsConnection,
    options: IngestsOptions,
  ): Promise<Ingests | undefined> {
    return (await hasStream(connection, ingestBucketStream))
      ? Ingests.open(connection, options)
      : undefined;
  }

  /**
   * Makes one. One that is there with the same settings is left as it is, and its secrets are not told again.
   *
   * @throws OxbowError `INGEST_EXISTS`, `INGEST_TOO_MANY`
   */
  async create(
    givenStation: string,
    givenName: string,
    request: IngestRequest,
  ): Promise<IngestWithSecret> {
    const { station, name, id, key } = placeOf(givenStation, givenName);
    const {
      secret: given,
      verify = { kind: "none", idHeader: null },
      ...fields
    } = readIngestRequest(request);
    const [urlSecret, made] = [newUrlSecret(), given === undefined ? newSecret(verify.kind) : null];
    const document: IngestDocument = {
      version: ingestVersion,
      station,
      name,
      description: "",
      headers: [],
      isPaused: false,
      ...fields,
      verify,
      urlDigest: urlDigestOf(urlSecret),
      oldUrlDigest: null,
      secret: given ?? made,
      oldSecret: null,
      createdAt: new Date(this.#nowMs()).toISOString(),
    };
    return this.#bucket.change(async (change) => {
      const before = await this.find(id);
      if (before !== undefined) {
        if (isSame(before, document, given)) return this.#told(before, null, null);
        const message = `station ${station} has an ingest URL ${name} with other settings: edit it, or choose another name`;
        throw platformError("INGEST_EXISTS", message);
      }
      await this.#refuseTooMany(station);
      await change.write(key, JSON.stringify(document));
      return this.#told(document, urlSecret, made);
    });
  }

  /** Those of a station, by name. */
  async list(givenStation: string): Promise<Ingest[]> {
    const station = stationName(givenStation);
    const all = await this.#all();
    return all
      .filter((document) => document.station === station)
      .map((document) => this.#shown(document))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Without its secrets; `undefined` if there is none. */
  async look(givenStation: string, givenName: string): Promise<Ingest | undefined> {
    const document = await this.find(placeOf(givenStation, givenName).id);
    return document && this.#shown(document);
  }

  /** @throws OxbowError `INGEST_NOT_FOUND` */
  async get(givenStation: string, givenName: string): Promise<Ingest> {
    const found = await this.look(givenStation, givenName);
    if (found === undefined) throw missing(givenStation, givenName);
    return found;
  }

  /** With its secrets, by what stands in its URL; `undefined` if there is none. */
  async find(id: string): Promise<IngestDocument | undefined> {
    const key = `${ingestKeys}${id}`;
    const entry = await this.#bucket.read(key);
    return entry && readIngestDocument(key, entry.text);
  }

  /** @throws OxbowError `INGEST_NOT_FOUND` */
  async edit(givenStation: string, givenName: string, changes: IngestChanges): Promise<Ingest> {
    const after = await this.#change(givenStation, givenName, (before) => ({
      ...before,
      ...readIngestChanges(changes, before.verify.kind),
    }));
    return this.#shown(after);
  }

  /** @throws OxbowError `INGEST_NOT_FOUND` */
  async rotate(
    givenStation: string,
    givenName: string,
    rotation: IngestRotation,
  ): Promise<IngestWithSecret> {
    const urlSecret = newUrlSecret();
    let made: string | null = null;
    let isOfUrl = false;
    const after = await this.#change(givenStation, givenName, (before) => {
      const { what, secret, graceMs } = readIngestRotation(rotation, before.verify.kind);
      const until = new Date(this.#nowMs() + graceMs).toISOString();
      const old = (value: string | null): Old | null =>
        value === null || graceMs === 0 ? null : { value, until };
      isOfUrl = what === "url";
      if (isOfUrl) {
        const urlDigest = urlDigestOf(urlSecret);
        return { ...before, urlDigest, oldUrlDigest: old(before.urlDigest) };
      }
      made = secret === undefined ? newSecret(before.verify.kind) : null;
      return { ...before, secret: secret ?? made, oldSecret: old(before.secret) };
    });
    return this.#told(after, isOfUrl ? urlSecret : null, made);
  }

  /** @returns Whether it was there. */
  async delete(givenStation: string, givenName: string): Promise<boolean> {
    const { key } = placeOf(givenStation, givenName);
    return this.#bucket.change(async (change) => {
      if ((await this.#bucket.read(key)) === undefined) return false;
      await change.remove(key);
      return true;
    });
  }

  /** Those of a station that is deleted: another one of its name is not to be written to by them. */
  async deleteAll(station: string): Promise<void> {
    await this.#bucket.change(async (change) => {
      for (const document of await this.#all()) {
        if (document.station !== station) continue;
        await change.remove(`${ingestKeys}${ingestId(station, document.name)}`);
      }
    });
  }

  async #change(
    givenStation: string,
    givenName: string,
    changed: (before: IngestDocument) => IngestDocument,
  ): Promise<IngestDocument> {
    const { id, key } = placeOf(givenStation, givenName);
    return this.#bucket.change(async (change) => {
      const before = await this.find(id);
      if (before === undefined) throw missing(givenStation, givenName);
      const after = changed(before);
      await change.write(key, JSON.stringify(after));
      return after;
    });
  }

  async #all(): Promise<IngestDocument[]> {
    const entries = await this.#bucket.readAll(ingestKeys);
    return entries.map(({ key, text }) => readIngestDocument(key, text));
  }

  async #refuseTooMany(station: string): Promise<void> {
    const all = await this.#all();
    const { stationUrlsMax, urlsMax } = ingestLimits;
    const own = all.filter((document) => document.station === station).length;
    if (own >= stationUrlsMax) {
      const message = `station ${station} has ${stationUrlsMax} ingest URLs, which is the most: delete one first`;
      throw platformError("INGEST_TOO_MANY", message);
    }
    if (all.length < urlsMax) return;
    const message = `there are ${urlsMax} ingest URLs, which is the most: delete one first`;
    throw platformError("INGEST_TOO_MANY", message);
  }

  #told(document: IngestDocument, urlSecret: string | null, made: string | null): IngestWithSecret {
    const id = ingestId(document.station, document.name);
    const path =
      urlSecret === null ? null : ingestPath({ tenant: this.#tenant, id, secret: urlSecret });
    return { ingest: this.#shown(document), path, secret: made };
  }

  #shown(document: IngestDocument): Ingest {
    const { station, name, description, verify, headers, isPaused, createdAt } = document;
    const untilOf = (old: Old | null): string | null =>
      old !== null && Date.parse(old.until) > this.#nowMs() ? old.until : null;
    return {
      ...{ station, name, description, verify, headers, isPaused },
      hasSecret: document.secret !== null,
      createdAt,
      oldUrlUntil: untilOf(document.oldUrlDigest),
      oldSecretUntil: untilOf(document.oldSecret),
    };
  }
}

function placeOf(
  givenStation: string,
  givenName: string,
): { readonly station: string; readonly name: string; readonly id: string; readonly key: string } {
  const [station, name] = [stationName(givenStation), ingestName(givenName)];
  const id = ingestId(station, name);
  return { station, name, id, key: `${ingestKeys}${id}` };
}

/** Whether one is as it is asked for; a secret that is not given is whatever it is. */
function isSame(before: IngestDocument, wanted: IngestDocument, secret?: string): boolean {
  const settings = ({ description, verify, headers, isPaused }: IngestDocument): string =>
    JSON.stringify([description, Object.entries(verify).sort(), headers, isPaused]);
  const isSecretSame = secret === undefined || secret === before.secret;
  return isSecretSame && settings(before) === settings(wanted);
}

function missing(station: string, name: string): Error {
  const message = `station ${station} has no ingest URL ${name}: create it first`;
  return platformError("INGEST_NOT_FOUND", message);
}
