import type { Account } from "../routing/account.ts";
import { checkSubjects, shareSubjects } from "../routing/account-subjects.ts";
import type { SubjectSharing, SubjectSharingOptions } from "../routing/subject-sharing.ts";
import type { ReloadPart } from "./reload-part.ts";

/**
 * Takes up what accounts share and how they map subjects. Subscriptions and answers under way are not disturbed where
 * nothing has changed for them.
 */
export function subjectsPart(
  sharing: SubjectSharing,
  services: SubjectSharingOptions,
  account: (name: string) => Account,
): ReloadPart {
  return {
    options: [
      "accounts",
      "accounts.exports",
      "accounts.imports",
      "accounts.mappings",
      "accounts.trace",
      "mappings",
    ],
    prepare: (after, before) => {
      checkSubjects(after, services);
      return () => shareSubjects(sharing, after, account, before);
    },
  };
}
