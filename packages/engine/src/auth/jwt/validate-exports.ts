import { hasWildcard } from "../../subjects/subject.ts";
import type { ExportClaims } from "./account-claims.ts";
import { COMPARED_SUBJECTS_MAX, isContainedIn } from "./contained.ts";
import { validateSubject } from "./validate-common.ts";
import type { Validation } from "./validation.ts";

const responseTypes: readonly string[] = ["", "Singleton", "Stream", "Chunked"];

/** Whether what an account exports can be understood and does not overlap. */
export function validateExports(exports: readonly ExportClaims[], found: Validation): void {
  for (const one of exports) validateExport(one, found);
  for (const kind of ["service", "stream"] as const) {
    const subjects = exports.filter(({ type }) => type === kind).map(({ subject }) => subject);
    validateOverlaps(kind, subjects, found);
  }
}

function validateExport(one: ExportClaims, found: Validation): void {
  const isService = one.type === "service";
  if (one.type === "unknown") found.error('invalid export type: "unknown"');
  const responseType = JSON.stringify(one.response_type);
  if (isService && !responseTypes.includes(one.response_type)) {
    found.error(`invalid response type for service: ${responseType}`);
  }
  if (one.type === "stream") {
    if (one.response_type !== "") found.error(`invalid response type for stream: ${responseType}`);
    if (one.allow_trace) found.error("AllowTrace only valid for service export");
  }
  validateLatency(one, found);
  if (one.response_threshold < 0n) found.error("negative response threshold is invalid");
  if (one.response_threshold > 0n && !isService) {
    found.error("response threshold only valid for services");
  }
  validateSubject(one.subject, found);
  validateTokenPosition(one, found);
}

function validateLatency({ type, service_latency }: ExportClaims, found: Validation): void {
  if (service_latency === null) return;
  if (type !== "service") found.error("latency tracking only permitted for services");
  const { sampling, results } = service_latency;
  if (sampling < 0 || sampling > 100) {
    found.error("sampling percentage needs to be between 1-100");
  }
  validateSubject(results, found);
  if (hasWildcard(results)) found.error("results subject can not contain wildcards");
}

function validateTokenPosition(one: ExportClaims, found: Validation): void {
  const { subject, account_token_position: position } = one;
  if (position === 0) return;
  const tokens = subject.split(".");
  const token = tokens[position - 1];
  if (!hasWildcard(subject)) {
    found.error(`Account Token Position can only be used with wildcard subjects: ${subject}`);
  } else if (token === undefined) {
    found.error(`Account Token Position ${position} exceeds length of subject '${subject}'`);
  } else if (token !== "*") {
    const text = `matches '${token}' but must match a * in: ${subject}`;
    found.error(`Account Token Position ${position} ${text}`);
  }
}

function validateOverlaps(
  kind: "service" | "stream",
  subjects: readonly string[],
  found: Validation,
): void {
  if (subjects.length > COMPARED_SUBJECTS_MAX) {
    found.error(`more than ${COMPARED_SUBJECTS_MAX} ${kind} exports`);
    return;
  }
  const split = subjects.map((subject) => ({ subject, tokens: subject.split(".") }));
  const told = new Set<string>();
  for (const inner of split) {
    for (const outer of split) {
      if (inner === outer || !isContainedIn(inner.tokens, outer.tokens)) continue;
      if (told.has(outer.subject)) continue;
      told.add(outer.subject);
      const quoted = `${JSON.stringify(outer.subject)} already exports ${JSON.stringify(inner.subject)}`;
      found.error(`${kind} export subject ${quoted}`);
    }
  }
}
