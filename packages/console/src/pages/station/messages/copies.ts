import type { MessageBody } from "../../../api/types.ts";

/** A text as one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Headers that whoever produces a message sets; the others come from the server and from clients. */
export function ownHeaders({ headers }: MessageBody): readonly (readonly [string, string])[] {
  return Object.entries(headers)
    .filter(([name]) => !/^(?:nats-|oxbow-)/i.test(name))
    .flatMap(([name, values]) => values.map((value) => [name, value] as const));
}

/** A command that produces the same message again. */
export function curlText(message: MessageBody): string {
  const { station, key, payload, encoding } = message;
  const where = `${location.origin}/api/v1/stations/${encodeURIComponent(station)}/messages`;
  const query = key === null ? "" : `?key=${encodeURIComponent(key)}`;
  const headers = ownHeaders(message).map(
    ([name, value]) =>
      `-H ${quoted(/^content-type$/i.test(name) ? `${name}: ${value}` : `Oxbow-Header-${name}: ${value}`)}`,
  );
  const hasType = ownHeaders(message).some(([name]) => /^content-type$/i.test(name));
  const type = hasType ? [] : [`-H 'Content-Type: application/json'`];
  const body = encoding === "text" ? `--data-binary ${quoted(payload)}` : "--data-binary @-";
  const command = ["curl", quoted(`${where}${query}`), ...type, ...headers, body].join(" \\\n  ");
  return encoding === "text" ? command : `printf %s ${quoted(payload)} | base64 -d | ${command}`;
}

/** The same for the command line of NATS. */
export function natsText(message: MessageBody): string {
  const { station, key, payload, encoding } = message;
  const subject = key === null ? station : `${station.replaceAll(".", "#")}.${key}`;
  const headers = ownHeaders(message).map(([name, value]) => `-H ${quoted(`${name}:${value}`)}`);
  const words = ["nats pub", quoted(subject), ...headers];
  if (encoding === "text") return [...words, quoted(payload)].join(" ");
  return `printf %s ${quoted(payload)} | base64 -d | ${words.join(" ")} --force-stdin`;
}
