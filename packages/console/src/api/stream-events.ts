import type { Query } from "./ask.ts";
import { ProblemError } from "./problem.ts";

/** Something that a server has said, one of many. */
export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
}

/**
 * Reads what a server streams (server-sent events) until it ends. Unlike `EventSource` it does not begin anew by itself,
 * and tells why it was refused.
 *
 * @throws ProblemError
 */
export async function* streamEvents(
  where: string,
  query: Query,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent, void> {
  const said = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(said.map(([name, value]) => [name, String(value)]));
  const response = await fetch(`/api/v1${where}?${search}`, { signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new ProblemError(0, "UNREACHABLE", "the server does not answer: is it running?");
  });
  if (!response.ok || response.body === null) throw await problemOf(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value = "" } = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) {
      const [, event, data] = /^(?:id: \d+\n)?event: (.*)\ndata: (.*)$/s.exec(part) ?? [];
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) };
    }
  }
}

async function problemOf(response: Response): Promise<ProblemError> {
  const answer = (await response.json().catch(() => ({}))) as {
    readonly code?: string;
    readonly detail?: string;
    readonly errors?: readonly { readonly offset?: number }[];
  };
  const { code = "UNKNOWN", detail = response.statusText, errors = [] } = answer;
  return new PlacedError(response.status, code, detail, errors[0]?.offset);
}

/** A problem that says where in a text it is. */
export class PlacedError extends ProblemError {
  readonly offset: number | undefined;

  constructor(status: number, code: string, detail: string, offset: number | undefined) {
    super(status, code, detail);
    this.offset = offset;
  }
}
