import assert from "node:assert/strict";

/** The events of a stream, as they come. */
export async function* eventsOf(
  response: Response,
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
): AsyncGenerator<[string, any], undefined, undefined> {
  assert.ok(response.body !== null);
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (event !== undefined && data !== undefined) yield [event, JSON.parse(data)];
    }
  }
  return undefined;
}
