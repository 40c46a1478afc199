import {
  atHome,
  inTerminal,
  type Snippet,
  type SnippetPlace,
  snippetConsumer,
  snippetGroup,
} from "./snippet.ts";

export function commandSnippet({ natsUrl, station, token }: SnippetPlace): Snippet {
  const where = options([["--server", natsUrl], token !== undefined && ["--token", token]]);
  return {
    id: "oxbow",
    label: "oxbow",
    install: undefined,
    run: inTerminal(`, ${atHome}`),
    produce: `echo '{"id": 1}' | npx oxbow produce ${quoted(station)} ${where}`,
    consume: `npx oxbow consume ${quoted(station)} --group ${snippetGroup} ${where}`,
    isOfOxbow: true,
  };
}

export function natsSnippet({ natsUrl, stream, token }: SnippetPlace): Snippet {
  const where = options([["--server", natsUrl], token !== undefined && ["--token", token]]);
  const consumer = `${quoted(stream)} ${snippetConsumer}`;
  return {
    id: "nats",
    label: "nats",
    install: "go install github.com/nats-io/natscli/nats@latest",
    run: inTerminal(),
    produce: `nats pub --jetstream ${quoted(stream)} '{"id": 1}' ${where}`,
    consume: [
      `nats consumer add ${consumer} --pull --defaults ${where}`,
      `nats consumer next ${consumer} --count 1 --ack ${where}`,
    ].join("\n"),
    isOfOxbow: false,
  };
}

export function curlSnippet({ httpUrl, station, token }: SnippetPlace): Snippet {
  const url = `${httpUrl}/api/v1/stations/${encodeURIComponent(station)}`;
  const json = `-H 'Content-Type: application/json'`;
  const who = token === undefined ? "" : ` \\\n  -H ${quoted(`Authorization: Bearer ${token}`)}`;
  const group = `${url}/groups/${snippetGroup}`;
  return {
    id: "curl",
    label: "curl",
    install: undefined,
    run: inTerminal(),
    produce: `curl ${quoted(`${url}/messages`)}${who} \\\n  ${json} -d '{"id": 1}'`,
    consume: [
      `fetched=$(curl -s ${quoted(`${group}/fetch`)}${who} \\\n  ${json} -d '{"count": 1}')`,
      'echo "$fetched"',
      `token=$(echo "$fetched" | sed -E 's/.*"token":"([^"]+)".*/\\1/')`,
      `curl ${quoted(`${group}/settle`)}${who} \\`,
      `  ${json} -d "{\\"messages\\": [{\\"token\\": \\"$token\\"}]}"`,
    ].join("\n"),
    isOfOxbow: true,
  };
}

function options(given: readonly (readonly [name: string, value: string] | false)[]): string {
  return given
    .filter((each) => each !== false)
    .map(([name, value]) => `${name} ${quoted(value)}`)
    .join(" ");
}

/** As a shell takes it. */
export function quoted(text: string): string {
  return /^[\w.:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
