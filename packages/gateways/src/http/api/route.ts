import type { NamesOf, OperationName, RequestOf, ResponseOf } from "oxbow/control";
import type { z } from "zod";

export type Method = "GET" | "PUT" | "POST" | "PATCH" | "DELETE";

/** How an operation is asked for over HTTP. */
export interface Route<Name extends OperationName> {
  readonly method: Method;
  /** Behind `/api/v1`, with the names of the operation in braces: `/stations/{station}`, and other fields of the path. */
  readonly path: string;
  /** Fields of the request that stand in the path, beside the names. */
  readonly params?: z.ZodObject;
  /** Fields of the request that stand in the query. */
  readonly query?: z.ZodObject;
  /** The other fields: of these this is the documentation, the platform itself checks them. */
  readonly body?: z.ZodType;
  /** Whether it may be left out: nothing of it is demanded. */
  readonly isBodyOptional?: boolean;
  readonly answer: z.ZodType<ResponseOf<Name>>;
  /** 200 by default; 202 for what goes on after the answer. */
  readonly status?: 200 | 202;
  /** Makes the request of the platform of what was read; by default all fields together. */
  readonly request?: (fields: Readonly<Record<string, unknown>>) => RequestOf<Name>;
}

/** A route for each operation of a noun, all of them. */
export type Routes<Noun extends string> = {
  readonly [Name in Extract<OperationName, `${Noun}.${string}`>]: Route<Name>;
};

/** The names that an operation has in its subject, of the fields of a path. */
export function namesOf<Name extends OperationName>(
  kinds: readonly string[],
  params: Readonly<Record<string, unknown>>,
): NamesOf<Name> {
  return Object.fromEntries(kinds.map((kind) => [kind, params[kind]])) as NamesOf<Name>;
}
