/** What a server answers that refuses or fails, as of RFC 9457. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.name = "ProblemError";
    this.status = status;
    this.code = code;
  }
}

export function isProblem(error: unknown): error is ProblemError {
  return error instanceof ProblemError;
}
