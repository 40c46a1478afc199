import { createHash } from "node:crypto";
import { JetStreamApiError, type JetStreamClient, jetstream } from "@nats-io/jetstream";
import { errors, headers, type NatsConnection, nuid } from "@nats-io/nats-core";
import { causeOf } from "@oxbow/base";
import { type Condition, revisionMismatch } from "../conditions.ts";
import type { ObjectBody } from "../contract/index.ts";
import { isWrongRevision } from "../jetstream-failures.ts";
import { objectLimits } from "./limits.ts";
import { findRecord, type ObjectRecord, subjectOf } from "./object-record.ts";

/** What an object is to be beside its bytes. */
export interface NewObject {
  readonly name: string;
  readonly description: string;
  readonly contentType: string | undefined;
}

/** What is no part of a wildcard. */
const nuidPattern = /^[\w-]+$/;

/**
 * Writes objects into a store, as clients of NATS have them (ADR-20 of NATS). Of several who write one of a name at a time
 * each replaces what is there at the moment at which it is whole, and takes the bytes of that out: what is there is always
 * whole, and no bytes are left over. The official client looks at what is there before the bytes come, so that the bytes
 * of one who was first are left for ever.
 */
export class ObjectWriter {
  readonly #bucket: string;
  readonly #stream: string;
  readonly #jetstream: JetStreamClient;
  readonly #chunkBytes: number;

  constructor(connection: NatsConnection, bucket: string) {
    this.#bucket = bucket;
    this.#stream = `OBJ_${bucket}`;
    this.#jetstream = jetstream(connection, { checkAPI: false });
    const { chunkBytes } = objectLimits;
    this.#chunkBytes = Math.min(chunkBytes, connection.info?.max_payload ?? chunkBytes);
  }

  /**
   * Stores an object.
   *
   * @param bytes - Taken as fast as they are stored; if they end with an error, nothing is stored.
   * @throws OxbowError `REVISION_MISMATCH`; what JetStream has against it
   */
  async put(
    object: NewObject,
    bytes: AsyncIterable<Uint8Array>,
    condition: Condition,
  ): Promise<ObjectBody> {
    const id = nuid.next();
    let isKnown = true;
    try {
      const facts = await this.#store(id, bytes);
      isKnown = false;
      const time = new Date().toISOString();
      const { name, description, contentType } = object;
      const text = JSON.stringify({
        ...{ name, description, bucket: this.#bucket, nuid: id, ...facts, mtime: time },
        ...(contentType !== undefined && { headers: { "Content-Type": [contentType] } }),
        ...{ options: { max_chunk_size: this.#chunkBytes }, deleted: false },
      });
      const revision = await this.#replace(name, id, text, condition);
      const { size, digest } = facts;
      const told = { bytes: size, time, contentType: contentType ?? null, digest, revision };
      return { name, description, ...told, link: null };
    } catch (error) {
      // Whether what is there refers to the bytes has to be known before they are taken out.
      if (isKnown || isAnswer(error)) await this.#removeBytes(id);
      throw error;
    }
  }

  /** Deletes an object. @returns Whether there was one. */
  async delete(name: string): Promise<boolean> {
    for (;;) {
      const before = await this.#look(name);
      if (before === undefined || before.document.deleted) return false;
      const gone = { ...before.document, deleted: true, size: 0, chunks: 0, digest: "" };
      try {
        await this.#describe(name, JSON.stringify(gone), before);
      } catch (error) {
        if (isWrongRevision(error)) continue;
        throw error;
      }
      await this.#removeBytes(before.document.nuid);
      return true;
    }
  }

  /** Stores the bytes, some pieces at a time. */
  async #store(
    id: string,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly size: number; readonly chunks: number; readonly digest: string }> {
    const hash = createHash("sha256");
    const storing: Promise<unknown>[] = [];
    let [size, chunks] = [0, 0];
    try {
      for await (const piece of inPieces(bytes, this.#chunkBytes)) {
        hash.update(piece);
        size += piece.length;
        chunks += 1;
        const stored = this.#jetstream.publish(`$O.${this.#bucket}.C.${id}`, piece);
        stored.catch(() => undefined);
        storing.push(stored);
        if (storing.length >= objectLimits.chunksAheadMax) await storing.shift();
      }
      await Promise.all(storing);
    } catch (error) {
      await Promise.allSettled(storing);
      throw error;
    }
    // With its padding, as all clients write it.
    return { size, chunks, digest: `SHA-256=${hash.digest("base64url")}=` };
  }

  /** Has a name stand for other bytes, and takes out those of before. @returns Its revision. */
  async #replace(name: string, id: string, text: string, condition: Condition): Promise<number> {
    for (;;) {
      const before = await this.#look(name);
      this.#check(name, condition, before);
      const revision = await this.#describe(name, text, before).catch(async (error: unknown) => {
        if (isAnswer(error) && !isWrongRevision(error)) throw error;
        // Somebody else was first, or the answer was lost on the way.
        const now = await this.#look(name);
        if (now?.document.nuid === id) return now.revision;
        if (!isAnswer(error)) throw error;
        return undefined;
      });
      if (revision === undefined) continue;
      if (before !== undefined) await this.#removeBytes(before.document.nuid);
      return revision;
    }
  }

  /** Describes an object where it was described before. @returns Its revision. */
  async #describe(name: string, text: string, before: ObjectRecord | undefined): Promise<number> {
    const subject = before?.subject ?? subjectOf(this.#bucket, name);
    const told = headers();
    told.set("Nats-Rollup", "sub");
    told.set("Nats-Expected-Last-Subject-Sequence", String(before?.revision ?? 0));
    return (await this.#jetstream.publish(subject, text, { headers: told })).seq;
  }

  #look(name: string): Promise<ObjectRecord | undefined> {
    return findRecord(this.#jetstream, this.#bucket, name);
  }

  #check(name: string, condition: Condition, before: ObjectRecord | undefined): void {
    if (condition === undefined) return;
    const revision = before?.document.deleted === false ? before.revision : undefined;
    const isMet = condition === "none" ? revision === undefined : condition.revision === revision;
    if (!isMet) revisionMismatch(`object ${name} of ${this.#bucket}`);
  }

  /** What can't be taken out stays: the object is right all the same. */
  async #removeBytes(id: string): Promise<void> {
    if (!nuidPattern.test(id)) return;
    const manager = await this.#jetstream.jetstreamManager();
    const filter = `$O.${this.#bucket}.C.${id}`;
    await manager.streams.purge(this.#stream, { filter }).catch(() => undefined);
  }
}

/** Whether it was answered that it is not done; else nobody knows. */
function isAnswer(error: unknown): boolean {
  return (
    causeOf(error, JetStreamApiError) !== undefined ||
    causeOf(error, errors.PermissionViolationError) !== undefined ||
    (error as { code?: unknown }).code === "REVISION_MISMATCH"
  );
}

async function* inPieces(
  bytes: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const each of bytes) {
    held.push(each);
    heldBytes += each.length;
    if (heldBytes < sizeBytes) continue;
    const all = Buffer.concat(held);
    const whole = all.length - (all.length % sizeBytes);
    for (let at = 0; at < whole; at += sizeBytes) yield all.subarray(at, at + sizeBytes);
    held = [all.subarray(whole)];
    heldBytes = all.length - whole;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
