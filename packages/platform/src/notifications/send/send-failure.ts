/** A notice did not arrive. The text is shown to users: nothing secret is in it. */
export class SendFailure extends Error {
  /** Whether it is of no use to try again. */
  readonly isFinal: boolean;
  /** How long the other side wants not to be asked; 0 if it did not say. */
  readonly retryAfterMs: number;

  constructor(message: string, isFinal: boolean, retryAfterMs = 0) {
    super(message);
    this.name = "SendFailure";
    this.isFinal = isFinal;
    this.retryAfterMs = retryAfterMs;
  }
}

/** What went wrong on the way, without what a library adds to it. */
export function connectionFailure(what: string, error: unknown): SendFailure {
  if (error instanceof SendFailure) return error;
  const { code, message } = error as { readonly code?: unknown; readonly message?: string };
  const said = typeof code === "string" ? code : (message ?? "it failed");
  return new SendFailure(`${what} can't be reached: ${said}`, false);
}
