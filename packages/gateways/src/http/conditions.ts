import type { IncomingHttpHeaders } from "node:http";
import { httpError } from "./errors.ts";

/** What of a value has to be as expected for it to be changed (RFC 9110, section 13.1). */
export type Condition =
  /** `If-Match`: it has this revision. */
  | { readonly revision: number }
  /** `If-None-Match: *`: there is none. */
  | "none"
  | undefined;

/** The revision of something as an entity tag. */
export function revisionTag(revision: number): string {
  return `"${revision}"`;
}

/** @throws OxbowError `HTTP_REQUEST_INVALID` */
export function conditionOf(headers: IncomingHttpHeaders): Condition {
  const match = headers["if-match"];
  const noneMatch = headers["if-none-match"];
  if (match !== undefined && noneMatch !== undefined) {
    throw httpError("HTTP_REQUEST_INVALID", "give If-Match or If-None-Match, one of them");
  }
  if (noneMatch !== undefined) {
    if (noneMatch.trim() === "*") return "none";
    const text = 'If-None-Match is *, for "only if there is none", where something is changed';
    throw httpError("HTTP_REQUEST_INVALID", text);
  }
  if (match === undefined) return undefined;
  const revision = /^\s*"?(\d{1,16})"?\s*$/.exec(match)?.[1];
  if (revision !== undefined) return { revision: Number(revision) };
  const text = 'If-Match is the ETag that was answered: a revision in quotes, such as "42"';
  throw httpError("HTTP_REQUEST_INVALID", text);
}

/** @throws OxbowError `REVISION_MISMATCH` */
export function revisionMismatch(what: string, options?: ErrorOptions): never {
  const text = `${what} is not as expected: somebody has changed it meanwhile. Look at it again, and decide anew`;
  throw httpError("REVISION_MISMATCH", text, options);
}
