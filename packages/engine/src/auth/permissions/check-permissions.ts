import { engineError } from "../../errors.ts";
import type { Permissions, SubjectPermissions } from "../../options/permissions.ts";
import { isValidSubject } from "../../subjects/subject.ts";
import { splitQueue } from "./split-queue.ts";

/**
 * Checks that all subjects of permissions are well formed.
 *
 * @param owner - Whose they are, for the error: `user "ann"`.
 * @throws `ENGINE_OPTION_INVALID`
 */
export function checkPermissions(owner: string, permissions: Permissions | undefined): void {
  checkSubjects(`${owner}: publish`, permissions?.publish, false);
  checkSubjects(`${owner}: subscribe`, permissions?.subscribe, true);
  const { countMax, expiresMs } = permissions?.responses ?? { countMax: 1, expiresMs: 1 };
  if (!isCount(countMax) || !isCount(expiresMs)) {
    throw engineError(
      "ENGINE_OPTION_INVALID",
      `invalid permissions for ${owner}: responses need a count and a time above 0, or -1 for no limit`,
    );
  }
}

function isCount(value: number): boolean {
  return value === -1 || (Number.isInteger(value) && value > 0);
}

function checkSubjects(
  owner: string,
  permissions: SubjectPermissions | undefined,
  allowsQueues: boolean,
): void {
  const lists = { allow: permissions?.allow ?? [], deny: permissions?.deny ?? [] };
  const { patterns = [], denyPatterns = [] } = permissions ?? {};
  const wrong = [...patterns, ...denyPatterns].find((pattern) => !isValidSubject(pattern));
  if (wrong !== undefined) {
    const text = `invalid permissions for ${owner} patterns: "${wrong}" is not a valid subject`;
    throw engineError("ENGINE_OPTION_INVALID", text);
  }
  for (const [list, entries] of Object.entries(lists)) {
    for (const entry of entries) {
      const problem = problemOf(entry, allowsQueues);
      if (problem === undefined) continue;
      throw engineError(
        "ENGINE_OPTION_INVALID",
        `invalid permissions for ${owner} ${list}: ${problem}`,
      );
    }
  }
}

function problemOf(entry: string, allowsQueues: boolean): string | undefined {
  if (isValidSubject(entry)) return undefined;
  const split = allowsQueues ? splitQueue(entry) : undefined;
  if (split === undefined || split.queue === "") return `subject "${entry}" is not a valid subject`;
  if (!isValidSubject(split.subject)) return `subject "${split.subject}" is not a valid subject`;
  if (!isValidSubject(split.queue)) return `queue "${split.queue}" is not a valid queue`;
  return undefined;
}
