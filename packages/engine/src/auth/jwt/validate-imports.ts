import type { ImportClaims } from "./account-claims.ts";
import { activationClaims, validateActivation } from "./activation-claims.ts";
import { COMPARED_SUBJECTS_MAX, isContainedIn } from "./contained.ts";
import { decodeJwt } from "./decode.ts";
import { validateSubject } from "./validate-common.ts";
import type { Validation } from "./validation.ts";

/**
 * Whether what an account imports can be understood, does not overlap, and has activation tokens that fit. Whether those
 * are expired is another question.
 *
 * @param accountKey - The importing account.
 */
export function validateImports(
  imports: readonly ImportClaims[],
  accountKey: string,
  found: Validation,
): void {
  const subjects = new Map<string, string[][]>();
  for (const one of imports) {
    if (one.type === "service") {
      const others = subjects.get(one.account) ?? [];
      subjects.set(one.account, others);
      validateOverlap(one, others, found);
    }
    validateImport(one, accountKey, found);
  }
}

/** The subject that requests to an imported service are sent to, references to its wildcards as wildcards. */
function localSubject(one: ImportClaims): string {
  if (one.to !== "") return one.to;
  return one.local_subject === "" ? one.subject : withWildcards(one.local_subject);
}

function withWildcards(subject: string): string {
  const tokens = subject.split(".");
  return tokens.map((token) => (isReference(token) ? "*" : token)).join(".");
}

function isReference(token: string): boolean {
  return /^\$[+-]?\d+$/.test(token);
}

/** Compares with the subjects from the same account before it, and adds its own to them. */
function validateOverlap(one: ImportClaims, others: string[][], found: Validation): void {
  if (others.length === COMPARED_SUBJECTS_MAX) {
    found.error(`more than ${COMPARED_SUBJECTS_MAX} service imports from account ${one.account}`);
  }
  if (others.length > COMPARED_SUBJECTS_MAX) return;
  const subject = localSubject(one);
  const tokens = subject.split(".");
  for (const other of others) {
    if (found.isFull) break;
    if (!isContainedIn(tokens, other) && !isContainedIn(other, tokens)) continue;
    const both = `${JSON.stringify(subject)} and ${JSON.stringify(other.join("."))}`;
    const account = JSON.stringify(one.account);
    found.error(`overlapping subject namespace for ${both} in same account ${account}`);
  }
  others.push(tokens);
}

function validateImport(one: ImportClaims, accountKey: string, found: Validation): void {
  const isService = one.type === "service";
  const subject = JSON.stringify(one.subject);
  if (one.type === "unknown") found.error('invalid import type: "unknown"');
  if (isService && one.allow_trace) found.error("AllowTrace only valid for stream import");
  if (one.account === "") found.error("account to import from is not specified");
  if (one.to !== "") found.warn("the field to has been deprecated (use LocalSubject instead)");
  validateSubject(one.subject, found);
  if (one.local_subject !== "") {
    validateRenaming(one.local_subject, one.subject, found);
    if (one.to !== "") found.error("Local Subject replaces To");
  }
  if (one.share && !isService) {
    found.error(
      `sharing information (for latency tracking) is only valid for services: ${subject}`,
    );
  }
  if (one.token !== "") validateToken(one, accountKey, found);
}

/** Whether a subject of one's own can take the place of an imported one. */
function validateRenaming(local: string, from: string, found: Validation): void {
  validateSubject(local, found);
  if (from === "") found.error("subject cannot be empty");
  const endsOpen = (subject: string): boolean => subject === ">" || subject.endsWith(".>");
  if (endsOpen(local) !== endsOpen(from)) {
    found.error("both, renaming subject and subject, need to end or not end in >");
  }
  const wildcardCount = from.split(".").filter((token) => token === "*").length;
  let usedCount = 0;
  for (const token of local.split(".")) {
    if (token === "*") usedCount++;
    if (!isReference(token)) continue;
    if (Number(token.slice(1)) <= wildcardCount) usedCount++;
    else {
      const both = `${JSON.stringify(local)} reference * in ${JSON.stringify(from)}`;
      found.error(`Reference ${token} in ${both} that do not exist`);
    }
  }
  if (usedCount !== wildcardCount) {
    found.error("subject does not contain enough * or reference wildcards $[0-9]");
  }
}

function validateToken(one: ImportClaims, accountKey: string, found: Validation): void {
  const quoted = JSON.stringify(one.subject);
  const decoded = decodeJwt(one.token, activationClaims);
  if (!decoded.ok) {
    found.error(`import ${quoted} contains an invalid activation token`);
    return;
  }
  const { iss, sub, nats } = decoded.claims;
  if (iss !== one.account && nats.issuer_account !== one.account) {
    found.error(`activation token doesn't match account for import ${quoted}`);
  }
  if (sub !== accountKey) {
    found.error(`activation token doesn't match account it is being included in, ${quoted}`);
  }
  if (nats.kind !== one.type) {
    const kinds = `${nats.kind} and type of import ${one.type}`;
    found.error(`mismatch between token import type ${kinds}`);
  }
  validateActivation(decoded.claims, undefined, found);
  const subject = one.type === "service" && one.to !== "" ? one.to : one.subject;
  if (!isContainedIn(subject.split("."), nats.subject.split("."))) {
    const subjects = `${JSON.stringify(nats.subject)} doesn't match import ${quoted}`;
    found.error(`activation token import subject ${subjects}`);
  }
}
