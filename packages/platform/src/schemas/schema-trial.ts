import {
  compileSchema,
  describeViolation,
  type SchemaDefinition,
  type SchemaFormat,
  type Violation,
} from "@oxbow/gate";
import type { SchemaProblem, SchemaTrial, SchemaViolation } from "oxbow/control";
import { platformError } from "oxbow/internal";
import type { Bucket } from "./bucket.ts";
import { definitionOf, findDocument, resolve, versionIn } from "./definitions.ts";
import type { SchemaDocument } from "./documents.ts";
import type { Trial, VersionDraft } from "./requests.ts";

/** What is wrong with the text itself: it is an answer, and no failure. */
const problemCodes: readonly string[] = [
  "SCHEMA_INVALID",
  "SCHEMA_TOO_LARGE",
  "SCHEMA_REFERENCE_MISSING",
];

/**
 * Looks whether a text is a schema, and a message fits it.
 *
 * @param bucket - `undefined` where there is no schema at all.
 * @throws OxbowError `SCHEMA_NOT_FOUND`, `SCHEMA_INVALID`, `SCHEMA_UNREADABLE`
 */
export async function tryOut(
  bucket: Bucket | undefined,
  name: string,
  trial: Trial,
): Promise<SchemaTrial> {
  const document = bucket && (await findDocument(bucket, name));
  const define = definer(bucket, name, document, trial);
  try {
    const compiled = compileSchema(await define(), trial.payloadEncoding);
    const { payload } = trial;
    const violation = payload && compiled.check(payload, 0, payload.length);
    return { problem: null, violation: violation === undefined ? null : tellable(violation) };
  } catch (error) {
    if (!isProblem(error)) throw error;
    return { problem: problemOf(error.message), violation: null };
  }
}

/** How to get at what is tried: what is wrong with the question itself is thrown here. */
function definer(
  bucket: Bucket | undefined,
  name: string,
  document: SchemaDocument | undefined,
  { draft, version, format: given }: Trial,
): () => Promise<SchemaDefinition> {
  if (draft !== undefined) {
    const format = given ?? document?.format;
    if (format === undefined) {
      const message = `there is no schema ${name}: say the format of the text`;
      throw platformError("SCHEMA_NOT_FOUND", message);
    }
    if (bucket !== undefined) return () => resolve(bucket, name, format, draft);
    return () => Promise.resolve(unreferring(name, format, draft));
  }
  if (document === undefined || bucket === undefined) {
    throw platformError("SCHEMA_NOT_FOUND", `there is no schema ${name}: give a text`);
  }
  const number = version ?? document.active;
  if (number === null) {
    throw platformError("SCHEMA_NOT_FOUND", `schema ${name} has no version yet: give a text`);
  }
  const found = versionIn(name, document, number);
  return () => definitionOf(bucket, name, document, found);
}

/** Where there is no schema at all, there is none to refer to. @throws OxbowError `SCHEMA_REFERENCE_MISSING` */
function unreferring(
  name: string,
  format: SchemaFormat,
  { text, messageName, references: [missing] }: VersionDraft,
): SchemaDefinition {
  if (missing === undefined) return { format, text, ...(messageName !== null && { messageName }) };
  const message = `${name} refers to ${missing.schema} version ${missing.version}, which there is not: add it first`;
  throw platformError("SCHEMA_REFERENCE_MISSING", message);
}

function isProblem(error: unknown): error is Error {
  const { code } = error as { readonly code?: unknown };
  return error instanceof Error && typeof code === "string" && problemCodes.includes(code);
}

/** Parsers say the line, and some the column, in the words of their messages; that of JSON says neither. */
function problemOf(message: string): SchemaProblem {
  const [, line, column] =
    /^the schema\b.*\bline (\d+)(?:,? (?:column )(\d+))?/.exec(message) ?? [];
  return {
    message,
    line: line === undefined ? null : Number(line),
    column: column === undefined ? null : Number(column),
  };
}

function tellable(violation: Violation): SchemaViolation {
  return { ...violation, description: describeViolation(violation) };
}
