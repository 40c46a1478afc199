import type { ImportOptions } from "../options/accounts.ts";
import { subjectIsSubset } from "../subjects/subject.ts";
import type { SubjectTransform } from "../subjects/subject-transform.ts";
import type { AccountSharing } from "./account-sharing.ts";

/** A stream of another account. */
export class StreamImport {
  readonly options: ImportOptions;
  readonly exporter: AccountSharing;
  /** The subject at the exporter, and here; wildcards allowed. */
  readonly from: string;
  readonly to: string;
  /** Makes a subject here of one there; `undefined` if all of them are called the same here, or one name is enough. */
  readonly transform: SubjectTransform | undefined;
  /** Whether the exporter allows it. */
  isValid = true;
  #inverse: SubjectTransform | undefined = undefined;

  constructor(
    exporter: AccountSharing,
    options: ImportOptions,
    to: string,
    transform: SubjectTransform | undefined,
  ) {
    this.exporter = exporter;
    this.options = options;
    this.from = options.subject;
    this.to = to;
    this.transform = transform;
  }

  /** Whether messages keep their subjects. */
  get keepsSubject(): boolean {
    return this.transform === undefined && this.from === this.to;
  }

  /**
   * What has to be subscribed to at the exporter, so that somebody who subscribes to `subject` here gets what this
   * import brings; `undefined` if it brings nothing there.
   */
  subjectFor(subject: string): string | undefined {
    if (subject === this.to) return this.from;
    if (subjectIsSubset(subject, this.to)) return this.#there(subject);
    if (subjectIsSubset(this.to, subject)) return this.from;
    const overlap = overlapOf(subject, this.to);
    return subjectIsSubset(overlap, this.to) ? this.#there(overlap) : undefined;
  }

  /** What a subject below `to` is called at the exporter. */
  #there(subject: string): string {
    if (this.keepsSubject) return subject;
    if (this.transform === undefined) return this.from;
    this.#inverse ??= this.transform.inverse();
    return this.#inverse.apply(subject);
  }
}

/** `subject` with its wildcards made as narrow as `other` has them: of `a.*.>` and `a.b.c` it is `a.b.c`. */
function overlapOf(subject: string, other: string): string {
  const otherTokens = other.split(".");
  const tokens = subject.split(".");
  const last = tokens.length - 1;
  for (const [index, token] of tokens.entries()) {
    const narrower = otherTokens[index];
    if (token === "*" && narrower !== undefined && narrower !== ">") tokens[index] = narrower;
  }
  if (tokens[last] === ">" && otherTokens.length >= tokens.length) {
    tokens.splice(last, 1, ...otherTokens.slice(last));
  }
  return tokens.join(".");
}
