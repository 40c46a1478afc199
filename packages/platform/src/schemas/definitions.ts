import { createHash } from "node:crypto";
import { type SchemaDefinition, type SchemaFormat, schemaLimits } from "@oxbow/gate";
import type { SchemaReference } from "oxbow/control";
import { platformError } from "oxbow/internal";
import type { Bucket } from "./bucket.ts";
import {
  readSchemaDocument,
  type SchemaDocument,
  type StoredVersion,
  schemaKeys,
  textKeys,
} from "./documents.ts";

/** Where a text is kept: by what is in it, so that the same text is kept once. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function textKey(digest: string): string {
  return `${textKeys}${digest}`;
}

/** @throws OxbowError `SCHEMA_UNREADABLE` */
export async function findDocument(
  bucket: Bucket,
  name: string,
): Promise<SchemaDocument | undefined> {
  const key = `${schemaKeys}${name}`;
  const entry = await bucket.read(key);
  return entry === undefined ? undefined : readSchemaDocument(key, entry.text);
}

/** @throws OxbowError `SCHEMA_NOT_FOUND`, `SCHEMA_UNREADABLE` */
export async function getDocument(bucket: Bucket, name: string): Promise<SchemaDocument> {
  const document = await findDocument(bucket, name);
  if (document !== undefined) return document;
  throw platformError("SCHEMA_NOT_FOUND", `there is no schema ${name}: create it first`);
}

/** @throws OxbowError `SCHEMA_NOT_FOUND` */
export function versionIn(name: string, document: SchemaDocument, number: number): StoredVersion {
  const version = document.versions.find((each) => each.number === number);
  if (version !== undefined) return version;
  const numbers = document.versions.map((each) => each.number);
  const there = numbers.length === 0 ? "it has none yet" : `it has ${numbers.join(", ")}`;
  throw platformError("SCHEMA_NOT_FOUND", `schema ${name} has no version ${number}: ${there}`);
}

/** @throws OxbowError `SCHEMA_UNREADABLE` */
async function readVersionText(bucket: Bucket, version: StoredVersion): Promise<string> {
  const entry = await bucket.read(textKey(version.text));
  if (entry !== undefined) return entry.text;
  const message = `the text ${textKey(version.text)} is not in the bucket oxbow any more: restore it, or add the same text again`;
  throw platformError("SCHEMA_UNREADABLE", message);
}

/** What a version is, with its text and everything that it refers to. */
export async function definitionOf(
  bucket: Bucket,
  name: string,
  document: SchemaDocument,
  version: StoredVersion,
): Promise<SchemaDefinition> {
  const text = await readVersionText(bucket, version);
  return resolve(bucket, name, document.format, { ...version, text });
}

interface Waiting extends SchemaReference {
  /** Who refers to it, in words. */
  readonly from: string;
}

/**
 * Finds everything that a version refers to, directly or through others. Versions never change, and one that is referred
 * to is not deleted, so what is found stays so.
 *
 * @throws OxbowError `SCHEMA_REFERENCE_MISSING`, `SCHEMA_INVALID`, `SCHEMA_TOO_LARGE`, `SCHEMA_UNREADABLE`
 */
export async function resolve(
  bucket: Bucket,
  name: string,
  format: SchemaFormat,
  { text, messageName, references }: Pick<StoredVersion, "text" | "messageName" | "references">,
): Promise<SchemaDefinition> {
  const found = new Map<string, Waiting & { readonly text: string }>();
  let bytes = Buffer.byteLength(text);
  const waiting: Waiting[] = references.map((each) => ({ ...each, from: name }));
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const before = found.get(next.name);
    if (before !== undefined && isSame(before, next)) continue;
    if (before !== undefined) throw ambiguous(before, next);
    if (found.size === schemaLimits.referencesMax) throw tooMany();
    const { version, text: referenced } = await read(bucket, name, format, next);
    bytes += version.bytes;
    if (bytes > schemaLimits.textBytesMax) throw tooLarge();
    found.set(next.name, { ...next, text: referenced });
    const from = `${next.schema} version ${next.version}`;
    waiting.push(...version.references.map((each) => ({ ...each, from })));
  }
  return {
    format,
    text,
    ...(messageName !== null && { messageName }),
    references: [...found.values()].map((each) => ({ name: each.name, text: each.text })),
  };
}

async function read(
  bucket: Bucket,
  name: string,
  format: SchemaFormat,
  { schema, version: number, from }: Waiting,
): Promise<{ readonly version: StoredVersion; readonly text: string }> {
  if (schema === name) {
    const message = `${from} refers to ${name}, so that ${name} would be a part of itself: put what both need into a schema of its own`;
    throw platformError("SCHEMA_INVALID", message);
  }
  const document = await findDocument(bucket, schema);
  const version = document?.versions.find((each) => each.number === number);
  if (document === undefined || version === undefined) {
    const message = `${from} refers to ${schema} version ${number}, which there is not: add it first`;
    throw platformError("SCHEMA_REFERENCE_MISSING", message);
  }
  if (document.format !== format) {
    const message = `${from} refers to ${schema}, whose format is ${document.format} and not ${format}`;
    throw platformError("SCHEMA_INVALID", message);
  }
  return { version, text: await readVersionText(bucket, version) };
}

function isSame(one: SchemaReference, other: SchemaReference): boolean {
  return one.schema === other.schema && one.version === other.version;
}

function ambiguous(one: Waiting, other: Waiting): Error {
  const [first, second] = [one, other].map(
    ({ from, schema, version }) => `${schema} version ${version} for ${from}`,
  );
  const message = `the reference ${one.name} means ${first}, and ${second}: use one version, or another name`;
  return platformError("SCHEMA_INVALID", message);
}

function tooMany(): Error {
  const message = `a schema can refer to ${schemaLimits.referencesMax} others, those through others counted`;
  return platformError("SCHEMA_TOO_LARGE", message);
}

function tooLarge(): Error {
  const message = `a schema can have ${schemaLimits.textBytesMax} bytes with all that it refers to`;
  return platformError("SCHEMA_TOO_LARGE", message);
}
