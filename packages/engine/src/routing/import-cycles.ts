import { subjectIsSubset, subjectsOverlap } from "../subjects/subject.ts";
import type { AccountSharing } from "./account-sharing.ts";

/** Accounts that a cycle is looked for in. */
const depthMax = 1024;

/** Why an import is refused. */
export type CycleProblem = "import forms a cycle" | "search cycle depth exhausted";

interface Edge {
  /** The subject where it is used, and where it comes from. */
  readonly from: string;
  readonly to: string;
  readonly exporter: AccountSharing;
}

/** Whether requests from `importer` that go to `exporter` on `subject` would come back. */
export function serviceCycle(
  importer: AccountSharing,
  exporter: AccountSharing,
  subject: string,
): CycleProblem | undefined {
  const visited = new Set([importer.account.name]);
  return follow(exporter, subject, visited, (account) =>
    account.imports.services.map(({ subject: from, to, exporter: next }) => ({
      from: to,
      to: from,
      exporter: next,
    })),
  );
}

/** Whether messages on `subject` that `importer` gets from `exporter` would come from `importer` itself. */
export function streamCycle(
  importer: AccountSharing,
  exporter: AccountSharing,
  subject: string,
): CycleProblem | undefined {
  const visited = new Set([importer.account.name]);
  return follow(exporter, subject, visited, (account, wanted) =>
    account.exports.hasStream(wanted)
      ? account.imports.streams.map(({ to, exporter: next }) => ({ from: to, to, exporter: next }))
      : [],
  );
}

/** Goes from account to account along the imports whose subject, `from`, can be the one that is followed. */
function follow(
  account: AccountSharing,
  subject: string,
  visited: Set<string>,
  edgesOf: (account: AccountSharing, subject: string) => readonly Edge[],
): CycleProblem | undefined {
  if (visited.size >= depthMax) return "search cycle depth exhausted";
  for (const { from, to, exporter } of edgesOf(account, subject)) {
    if (!subjectsOverlap(subject, from)) continue;
    if (visited.has(exporter.account.name)) return "import forms a cycle";
    visited.add(account.account.name);
    const next = subjectIsSubset(to, subject) ? to : subject;
    const problem = follow(exporter, next, visited, edgesOf);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
