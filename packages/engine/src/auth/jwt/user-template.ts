import { isValidSubject } from "../../subjects/subject.ts";
import type { PermissionClaims, UserPermissionLimits } from "./claims.ts";

/** Subjects that the placeholders of one list may make; a template that makes more is refused. */
export const TEMPLATE_SUBJECTS_MAX: number = 4096;

const placeholder = /\{\{([^}]+)\}\}/g;

/** Whom the placeholders of a template are about. */
export interface TemplateUser {
  /** Its name, public key, tags (`key:value`), and the account it was issued for. */
  readonly name: string;
  readonly subject: string;
  readonly tags: readonly string[];
  readonly issuerAccount: string;
  readonly accountName: string;
  readonly accountTags: readonly string[];
}

/** What a template makes; `problem` says why it makes nothing. */
export type AppliedTemplate =
  | { readonly ok: true; readonly limits: UserPermissionLimits }
  | { readonly ok: false; readonly problem: string };

/** A template that can't be applied to a user. */
class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/**
 * What a user may do who was issued by a scoped signing key: its template with placeholders replaced
 * (`{{name()}}`, `{{subject()}}`, `{{account-name()}}`, `{{account-subject()}}`, `{{tag(x)}}`, `{{account-tag(x)}}`).
 *
 * A tag with several values makes several subjects. An allowed subject that does not come out as a subject is dropped,
 * and if none is left, nothing is allowed; for a denied subject the user is refused.
 */
export function applyTemplate(template: UserPermissionLimits, user: TemplateUser): AppliedTemplate {
  try {
    const sub = applyTo(template.sub, user);
    const pub = applyTo(template.pub, user);
    return { ok: true, limits: { ...template, sub, pub } };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { ok: false, problem: error.message };
  }
}

function applyTo({ allow, deny }: PermissionClaims, user: TemplateUser): PermissionClaims {
  const allowed = expand(allow ?? [], user, false);
  const denied = expand(deny, user, true);
  if ((allow ?? []).length === 0 || allowed.length > 0) {
    return { allow: allow === null ? null : allowed, deny: denied };
  }
  return { allow: allowed, deny: denied.includes(">") ? denied : [...denied, ">"] };
}

function expand(
  list: readonly string[],
  user: TemplateUser,
  mustBeValid: boolean,
): readonly string[] {
  if (!list.some((entry) => entry.search(placeholder) >= 0)) return list;
  const made: string[] = [];
  for (const entry of list) {
    for (const subject of expandEntry(
      entry,
      user,
      mustBeValid,
      TEMPLATE_SUBJECTS_MAX - made.length,
    )) {
      if (isValidSubject(subject)) made.push(subject);
      else if (mustBeValid) throw new TemplateError("generated invalid subject");
    }
  }
  return made;
}

/** The subjects that one entry makes, at most `countMax`. */
function expandEntry(
  entry: string,
  user: TemplateUser,
  mustBeValid: boolean,
  countMax: number,
): string[] {
  const found = [...new Set(entry.match(placeholder) ?? [])];
  let subjects = [entry];
  let hasTags = false;
  for (const source of found) {
    const { values, isTag } = valuesOf(source, entry, user, mustBeValid);
    hasTags ||= isTag;
    if (isTag && subjects.length * values.length > countMax) {
      throw new TemplateError(`template expansion exceeds limit: ${TEMPLATE_SUBJECTS_MAX}`);
    }
    subjects = subjects.flatMap((subject) =>
      values.map((value) => subject.split(source).join(value)),
    );
  }
  if (hasTags && subjects.length > countMax) {
    throw new TemplateError(`template expansion exceeds limit: ${TEMPLATE_SUBJECTS_MAX}`);
  }
  return subjects;
}

/** What a placeholder stands for: one value, or as many as the user has tags of that name. */
function valuesOf(
  source: string,
  entry: string,
  user: TemplateUser,
  mustBeValid: boolean,
): { readonly values: readonly string[]; readonly isTag: boolean } {
  const operation = source.slice(2, -2).trim();
  switch (operation.toLowerCase()) {
    case "name()":
      return { values: [user.name], isTag: false };
    case "subject()":
      return { values: [user.subject], isTag: false };
    case "account-name()":
      return { values: [user.accountName], isTag: false };
    case "account-subject()":
      return { values: [user.issuerAccount], isTag: false };
  }
  const match = /^(account-)?tag\((.*)\)$/is.exec(operation);
  if (match === null) {
    const quoted = JSON.stringify(operation);
    throw new TemplateError(
      `template operation in ${JSON.stringify(entry)}: ${quoted} is not defined`,
    );
  }
  const [, account, name = ""] = match;
  const prefix = `${name.toLowerCase()}:`;
  const tags = account === undefined ? user.tags : user.accountTags;
  const values = tags
    .filter((tag) => tag.startsWith(prefix))
    .map((tag) => tag.slice(prefix.length));
  if (values.length > 0) return { values, isTag: true };
  if (mustBeValid) {
    const quoted = JSON.stringify(entry);
    throw new TemplateError(
      `generated invalid subject ${quoted}: ${JSON.stringify(name)} is not defined`,
    );
  }
  // A blank makes the whole no subject, so that it is dropped.
  return { values: [" "], isTag: true };
}
