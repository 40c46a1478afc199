import {
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import { type KV, Kvm, type KvWatchEntry } from "@nats-io/kv";
import {
  headers,
  type MsgHdrs,
  type NatsConnection,
  type QueuedIterator,
} from "@nats-io/nats-core";
import { OxbowError } from "@oxbow/base";
import { inParallel, isMissing, type PlatformErrorCode, platformError } from "oxbow/internal";
import { registryLimits } from "./limits.ts";

/** Which bucket it is, and what is said where it can't be used. */
export interface BucketPlace {
  readonly name: string;
  readonly description: string;
  readonly busy: PlatformErrorCode;
  readonly unavailable: PlatformErrorCode;
}

/** Where schemas are kept. */
const registryPlace: BucketPlace = {
  name: "oxbow",
  description: "What the platform keeps",
  busy: "SCHEMA_BUSY",
  unavailable: "SCHEMA_UNAVAILABLE",
};
/** The stream that the bucket of schemas is. */
export const bucketStream: string = `KV_${registryPlace.name}`;
/** JetStream's codes for a stream whose last sequence is not the one that was expected. */
const wrongLastSequence: readonly number[] = [10071, 10164];

const streamNotFound = 10059;

/** A key that is there, with what it holds. */
export interface BucketEntry {
  readonly key: string;
  readonly text: string;
  readonly revision: number;
}

/**
 * A KV bucket of the platform. A change is made only if nothing at all was changed in the bucket since it was begun:
 * its writes carry the bucket's revision (ADR-8: the sequence of its stream), not only that of a key, so that what a
 * change depends on can lie in any number of keys. Otherwise it is begun again. Changes are rare, and each that has to
 * begin again does so because another one succeeded.
 */
export class Bucket {
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #kv: KV;
  readonly #place: BucketPlace;
  readonly #subjectPrefix: string;
  /** The change that was asked for last. */
  #changed: Promise<unknown> = Promise.resolve();

  private constructor(js: JetStreamClient, manager: JetStreamManager, kv: KV, place: BucketPlace) {
    this.#js = js;
    this.#manager = manager;
    this.#kv = kv;
    this.#place = place;
    this.#subjectPrefix = `$KV.${place.name}.`;
  }

  /** @throws OxbowError with the code of `place` for a bucket that can't be made */
  static async open(
    connection: NatsConnection,
    replicas: number,
    place: BucketPlace = registryPlace,
  ): Promise<Bucket> {
    const { name, description } = place;
    const js = jetstream(connection);
    const manager = await js.jetstreamManager();
    const kvm = new Kvm(js);
    try {
      await kvm.create(name, { replicas, description });
    } catch (error) {
      throw explained(error, place);
    }
    // Read from the stream's leader: a replica may not know yet what the revision counts already.
    return new Bucket(js, manager, await kvm.open(name, { allow_direct: false }), place);
  }

  /** The entry of a key, or `undefined` if there is none. */
  async read(key: string): Promise<BucketEntry | undefined> {
    const entry = await this.#kv.get(key);
    if (entry?.operation !== "PUT") return undefined;
    return { key, text: entry.string(), revision: entry.revision };
  }

  /** The keys that begin with `prefix`, which ends with a dot, in order; those that were removed among them. */
  async keys(prefix: string): Promise<string[]> {
    const subjects = await this.#subjects(`${prefix}>`);
    return subjects.map((subject) => subject.slice(this.#subjectPrefix.length)).sort();
  }

  /** The entries whose key begins with `prefix`, which ends with a dot, in order. */
  async readAll(prefix: string): Promise<BucketEntry[]> {
    const entries = await inParallel(await this.keys(prefix), (key) => this.read(key));
    return entries.filter((entry) => entry !== undefined);
  }

  /** The keys that match and were not removed, without reading what they hold. */
  async liveKeys(pattern: string): Promise<string[]> {
    return Array.fromAsync(await this.#kv.keys(pattern));
  }

  /** The revision of the bucket: it grows with everything that is written. */
  async revision(): Promise<number> {
    return (await this.#manager.streams.info(this.#stream)).state.last_seq;
  }

  /** The last revision of what matches; 0 if nothing ever did. */
  async lastRevision(pattern: string): Promise<number> {
    const query = { last_by_subj: `${this.#subjectPrefix}${pattern}` };
    try {
      return (await this.#manager.streams.getMessage(this.#stream, query))?.seq ?? 0;
    } catch (error) {
      if (isMissing(error)) return 0;
      throw error;
    }
  }

  /** What is written from a revision on. */
  async watch(
    patterns: readonly string[],
    fromRevision: number,
  ): Promise<QueuedIterator<KvWatchEntry>> {
    return this.#kv.watch({ key: [...patterns], resumeFromRevision: fromRevision });
  }

  /**
   * Makes a change, after those that were asked for here before, so that only others' can come in between.
   *
   * @param attempt - Reads what it needs, and writes by what it is given. What it wrote before it has to begin again
   * stays.
   * @throws OxbowError `SCHEMA_BUSY`, `SCHEMA_UNAVAILABLE`, and what `attempt` throws
   */
  change<T>(attempt: (change: BucketChange) => Promise<T>): Promise<T> {
    const outcome = this.#changed.then(() => this.settle(attempt));
    this.#changed = outcome.catch(() => undefined);
    return outcome;
  }

  /**
   * Reads what belongs together, or makes a change: begun again if others make theirs meanwhile, also if it was refused,
   * since what it read one after the other may not have been there together.
   *
   * @throws OxbowError as {@link change} does
   */
  async settle<T>(attempt: (change: BucketChange) => Promise<T>): Promise<T> {
    for (let attempts = 0; attempts < registryLimits.attemptsMax; attempts++) {
      const revision = await this.revision();
      try {
        return await attempt(new BucketChange(this.#js, revision, this.#subjectPrefix));
      } catch (error) {
        if (isConflict(error)) continue;
        const isRefusal = error instanceof OxbowError;
        if (!isRefusal || (await this.revision()) === revision) throw explained(error, this.#place);
      }
    }
    throw busy(this.#place);
  }

  get #stream(): string {
    return `KV_${this.#place.name}`;
  }

  async #subjects(pattern: string): Promise<string[]> {
    const { state } = await this.#manager.streams.info(this.#stream, {
      subjects_filter: `${this.#subjectPrefix}${pattern}`,
    });
    return Object.keys(state.subjects ?? {});
  }
}

/** Writes of one change, each only if nothing was written since the one before. */
export class BucketChange {
  readonly #js: JetStreamClient;
  readonly #subjectPrefix: string;
  #revision: number;

  constructor(js: JetStreamClient, revision: number, subjectPrefix: string) {
    this.#js = js;
    this.#revision = revision;
    this.#subjectPrefix = subjectPrefix;
  }

  /** The bucket's, with what this has written. */
  get revision(): number {
    return this.#revision;
  }

  async write(key: string, text: string): Promise<void> {
    await this.#publish(key, text, headers());
  }

  /** Leaves a marker, by which who watches the key learns of it. */
  async remove(key: string): Promise<void> {
    const marker = headers();
    marker.set("KV-Operation", "PURGE");
    marker.set("Nats-Rollup", "sub");
    await this.#publish(key, "", marker);
  }

  async #publish(key: string, text: string, marks: MsgHdrs): Promise<void> {
    const { seq } = await this.#js.publish(`${this.#subjectPrefix}${key}`, text, {
      headers: marks,
      expect: { lastSequence: this.#revision },
    });
    this.#revision = seq;
  }
}

/** Whether a stream, such as that of a bucket, is there. */
export async function hasStream(connection: NatsConnection, stream: string): Promise<boolean> {
  const manager = await jetstreamManager(connection);
  try {
    await manager.streams.info(stream);
    return true;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === streamNotFound) return false;
    throw error;
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof JetStreamApiError && wrongLastSequence.includes(error.code);
}

function busy({ name, busy: code }: BucketPlace): Error {
  const message = `others changed the bucket ${name} ${registryLimits.attemptsMax} times meanwhile: try again`;
  return platformError(code, message);
}

function explained(error: unknown, { name, unavailable: code }: BucketPlace): unknown {
  if (!(error instanceof JetStreamApiError)) return error;
  const message = `the server can't keep it in the bucket ${name}: ${error.message}`;
  return platformError(code, message, { cause: error });
}
