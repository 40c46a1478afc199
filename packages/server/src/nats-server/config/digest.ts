import { createHash } from "node:crypto";
import type { ConfMap, ConfValue } from "@oxbow/wire/nats-conf";

/**
 * What nats-server calls the digest of a configuration: `sha256:` and the hash of what the file means, so that comments
 * and the order of keys do not matter. It is made of the JSON that Go would write, so that both servers agree.
 */
export function configDigest(entries: ConfMap): string {
  const json = `${goJsonOfMap(entries)}\n`;
  return `sha256:${createHash("sha256").update(json).digest("hex")}`;
}

function goJsonOfMap(entries: ConfMap): string {
  const keys = [...entries.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const members = keys.map((key) => {
    const entry = entries.get(key);
    return entry === undefined ? "" : `${goJsonOfText(key)}:${goJson(entry.value)}`;
  });
  return `{${members.join(",")}}`;
}

function goJson(value: ConfValue): string {
  switch (value.kind) {
    case "map":
      return goJsonOfMap(value.entries);
    case "array":
      return `[${value.items.map(goJson).join(",")}]`;
    case "string":
      return goJsonOfText(value.value);
    case "date":
      return `"${value.value.toISOString().replace(/\.\d+Z$/, "Z")}"`;
    case "integer":
      return BigInt(value.value).toString();
    case "float":
    case "boolean":
      return JSON.stringify(value.value);
  }
}

/** Go escapes what could end a script element, too. */
function goJsonOfText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
