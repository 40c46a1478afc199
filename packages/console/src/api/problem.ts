import type { Problem } from "@oxbow/gateways/http/contract";
import { tellServerThere } from "./server-there.ts";

/** What a server answers that refuses or fails, as of RFC 9457. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  /** Where in a text it is, in characters from its start, where that is known. */
  readonly offset: number | undefined;

  constructor(status: number, code: string, detail: string, offset?: number) {
    super(detail);
    this.name = "ProblemError";
    this.status = status;
    this.code = code;
    this.offset = offset;
  }
}

export function isProblem(error: unknown): error is ProblemError {
  return error instanceof ProblemError;
}

/** What was answered. Something in between may have said it, which writes no such answer. */
export function problemFrom(said: unknown, status: number, statusText: string): ProblemError {
  const { code = "UNKNOWN", detail = statusText, errors } = (said ?? {}) as Partial<Problem>;
  return new ProblemError(status, code, detail, errors?.[0]?.offset);
}

export async function problemOf(response: Response): Promise<ProblemError> {
  const said: unknown = await response.json().catch(() => undefined);
  return problemFrom(said, response.status, response.statusText);
}

/** @throws ProblemError `UNREACHABLE` */
export function unreachable(): never {
  tellServerThere(false);
  throw new ProblemError(0, "UNREACHABLE", "the server does not answer: is it running?");
}
