import type { JetStreamClient } from "@nats-io/jetstream";
import { z } from "zod";
import type { ObjectBody } from "../contract/index.ts";
import { httpError } from "../errors.ts";
import { isMissingMessage } from "../jetstream-failures.ts";

/** What stands in the message that describes an object (ADR-20 of NATS), as far as it matters here; the rest is kept. */
interface ObjectDocument {
  readonly name: string;
  readonly description: string;
  /** Of its pieces. */
  readonly nuid: string;
  readonly size: number;
  readonly mtime: string;
  readonly digest: string;
  readonly deleted: boolean;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly options: {
    readonly link?: { readonly bucket: string; readonly name?: string | undefined } | undefined;
  };
}

const document: z.ZodType<ObjectDocument> = z.looseObject({
  name: z.string(),
  description: z.string().catch(""),
  nuid: z.string().catch(""),
  size: z.number().catch(0),
  mtime: z.string().catch(""),
  digest: z.string().catch(""),
  deleted: z.boolean().catch(false),
  headers: z.record(z.string(), z.array(z.string())).catch({}),
  options: z
    .looseObject({ link: z.object({ bucket: z.string(), name: z.string().optional() }).optional() })
    .catch({}),
});

/** What describes an object, or says that it was deleted. */
export interface ObjectRecord {
  readonly subject: string;
  readonly revision: number;
  readonly stored: Date;
  readonly document: ObjectDocument;
}

/** A message that describes an object. */
interface Described {
  readonly subject: string;
  readonly seq: number;
  readonly time: Date;
  readonly data: Uint8Array;
}

/** `undefined` for what describes none. */
export function readRecord({ subject, seq, time, data }: Described): ObjectRecord | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(data).toString());
  } catch {
    return undefined;
  }
  const result = document.safeParse(parsed);
  if (!result.success) return undefined;
  return { subject, revision: seq, stored: time, document: result.data };
}

/** Where an object of a name is described: by its UTF-8, as most clients have it. */
export function subjectOf(bucket: string, name: string): string {
  return `$O.${bucket}.M.${encoded(Buffer.from(name))}`;
}

/** What stands for a name, which may be that it was deleted; what the client for JavaScript has stored in Latin-1, too. */
export async function findRecord(
  jetstream: JetStreamClient,
  bucket: string,
  name: string,
): Promise<ObjectRecord | undefined> {
  const manager = await jetstream.jetstreamManager();
  const latin = Buffer.from(name, "latin1");
  const isLatin = latin.toString("latin1") === name;
  const subjects = [
    subjectOf(bucket, name),
    ...(isLatin ? [`$O.${bucket}.M.${encoded(latin)}`] : []),
  ];
  let gone: ObjectRecord | undefined;
  for (const subject of new Set(subjects)) {
    try {
      const query = { last_by_subj: subject };
      const message = await manager.streams.getMessage(`OBJ_${bucket}`, query);
      if (message === null) continue;
      const found = readRecord(message) ?? damaged(name, message);
      if (!found.document.deleted) return found;
      gone ??= found;
    } catch (error) {
      if (!isMissingMessage(error)) throw error;
    }
  }
  return gone;
}

/**
 * An object that is there.
 *
 * @throws OxbowError `OBJECT_NOT_FOUND`
 */
export async function objectRecord(
  jetstream: JetStreamClient,
  bucket: string,
  name: string,
): Promise<ObjectRecord> {
  const found = await findRecord(jetstream, bucket, name);
  if (found !== undefined && !found.document.deleted) return found;
  throw httpError("OBJECT_NOT_FOUND", `there is no object ${name} in store ${bucket}`);
}

export function bodyOf(record: ObjectRecord): ObjectBody {
  const { name, description, size: bytes, digest, options } = record.document;
  const { link } = options;
  return {
    ...{ name, description, bytes },
    time: timeOf(record).toISOString(),
    contentType: contentTypeOf(record) ?? null,
    digest,
    revision: record.revision,
    link: link === undefined ? null : { bucket: link.bucket, name: link.name ?? null },
  };
}

export function contentTypeOf({ document: { headers } }: ObjectRecord): string | undefined {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type");
  return found?.[1][0] || undefined;
}

/** When it was stored, as whoever did says, if that is a time. */
export function timeOf({ document: { mtime }, stored }: ObjectRecord): Date {
  const time = new Date(mtime);
  return Number.isNaN(time.getTime()) ? stored : time;
}

/** Nobody finds an object by what can't be read: it is as good as deleted, and can be replaced. */
function damaged(name: string, { subject, seq, time }: Described): ObjectRecord {
  const gone = document.parse({ name, deleted: true });
  return { subject, revision: seq, stored: time, document: gone };
}

function encoded(bytes: Buffer): string {
  const text = bytes.toString("base64url");
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}
