import { goSnippet } from "./go.ts";
import { javaSnippet } from "./java.ts";
import { pythonSnippet } from "./python.ts";
import { commandSnippet, curlSnippet, natsSnippet } from "./shell.ts";
import type { Snippet, SnippetPlace } from "./snippet.ts";
import { plainTypeScriptSnippet, typeScriptSnippet } from "./typescript.ts";

/** In all languages, those for which nothing has to be installed first. */
export function snippetsFor(place: SnippetPlace): readonly Snippet[] {
  return [
    commandSnippet,
    curlSnippet,
    typeScriptSnippet,
    plainTypeScriptSnippet,
    pythonSnippet,
    goSnippet,
    javaSnippet,
    natsSnippet,
  ].map((make) => make(place));
}
