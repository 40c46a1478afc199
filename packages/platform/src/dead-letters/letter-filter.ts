import type { StationDeadLetters } from "oxbow/control";
import { platformError, problemsIn } from "oxbow/internal";
import { z } from "zod";
import { causeOf } from "./cause.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { letterFilter } from "./places.ts";

const idsMax = 10_000;

/** Which dead letters; all that everything that is said holds for. */
export interface DeadLetterFilter extends StationDeadLetters {
  readonly station?: string | undefined;
}

/** It becomes a token of a subject. */
const name = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\s*>]*$/, "no name has a space, * or >");
const time = z
  .union([z.date(), z.iso.datetime({ offset: true })])
  .transform((value) => new Date(value).toISOString());

/** As it is kept with what is resent. */
export const filterSchema: z.ZodType<CheckedFilter, DeadLetterFilter> = z.strictObject({
  station: name.optional(),
  group: name.nullable().optional(),
  reason: z.enum(["exhausted", "terminated", "refused"]).optional(),
  since: time.optional(),
  until: time.optional(),
  cause: z.string().min(1).max(64).optional(),
  ids: z.array(z.int().min(1)).min(1).max(idsMax).optional(),
});

/** A filter whose times are text. */
export interface CheckedFilter extends DeadLetterFilter {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** @throws OxbowError `DEAD_LETTER_INVALID` */
export function readFilter(filter: DeadLetterFilter): CheckedFilter {
  const result = filterSchema.safeParse(filter);
  if (!result.success) throw platformError("DEAD_LETTER_INVALID", problemsIn(result.error));
  return result.data;
}

/** What of the stream is looked through. A name with capitals may be that of a plain client's, or be meant without. */
export function subjectOf({ station, group }: CheckedFilter): string {
  const isExact = (name: string | null | undefined): boolean => name == null || !/[A-Z]/.test(name);
  return letterFilter(isExact(station) ? station : undefined, isExact(group) ? group : undefined);
}

export function matches(filter: CheckedFilter, letter: DeadLetter): boolean {
  const { reason, since, until, cause, ids } = filter;
  if (!isNamed(filter.station, letter.station) || !isNamed(filter.group, letter.group))
    return false;
  if (reason !== undefined && letter.reason !== reason) return false;
  if (since !== undefined && letter.diedAt < since) return false;
  if (until !== undefined && letter.diedAt >= until) return false;
  if (cause !== undefined && causeOf(letter) !== cause) return false;
  return ids === undefined || ids.includes(letter.id);
}

function isNamed(asked: string | null | undefined, name: string | null): boolean {
  return asked === undefined || asked === name || asked?.toLowerCase() === name;
}
