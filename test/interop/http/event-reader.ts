import assert from "node:assert/strict";

/** A server-sent event. */
export interface ReadEvent {
  readonly event: string;
  readonly id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  readonly data: any;
}

/** Reads server-sent events one by one. */
export class EventReader implements AsyncDisposable {
  readonly #left: AbortController;
  readonly #events: AsyncGenerator<ReadEvent>;

  private constructor(left: AbortController, events: AsyncGenerator<ReadEvent>) {
    this.#left = left;
    this.#events = events;
  }

  /** Asks, and reads the event `open`, behind which nothing is missed. */
  static async open(
    url: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<EventReader> {
    const left = new AbortController();
    const response = await fetch(url, { headers, signal: left.signal });
    assert.equal(response.status, 200, url);
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    const reader = new EventReader(left, events(response.body as ReadableStream<Uint8Array>));
    await reader.next("open");
    return reader;
  }

  /** The next event, which is to be of this kind. */
  async next(event: string): Promise<ReadEvent> {
    const { done, value } = await this.#events.next();
    assert.equal(done, false, `no ${event}: it has ended`);
    assert.equal(value.event, event, JSON.stringify(value));
    return value;
  }

  /** Whether it has ended. */
  async isOver(): Promise<boolean> {
    const { done = false } = await this.#events.next();
    return done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#left.abort();
    await this.#events.return(undefined).catch(() => undefined);
  }
}

async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<ReadEvent> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const field = (name: string): string | undefined =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const event = field("event");
      if (event !== undefined)
        yield { event, id: field("id"), data: JSON.parse(field("data") ?? "") };
    }
  }
}
