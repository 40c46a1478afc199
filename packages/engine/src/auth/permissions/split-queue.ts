const blanks = /[ \t\n\f\r]+/;

/** Parts of an entry of subscribe permissions: `"jobs"`, or `"jobs workers"` with a queue group. */
export interface SubjectAndQueue {
  readonly subject: string;
  /** Wildcards allowed; `""` for none. */
  readonly queue: string;
}

/** Splits an entry; `undefined` if it has no or too many parts. */
export function splitQueue(entry: string): SubjectAndQueue | undefined {
  const parts = entry.split(blanks).filter((part) => part !== "");
  const [subject, queue = ""] = parts;
  return subject === undefined || parts.length > 2 ? undefined : { subject, queue };
}
