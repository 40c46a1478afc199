import type { Query } from "./ask.ts";
import { problemOf, unreachable } from "./problem.ts";

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
    return unreachable();
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
