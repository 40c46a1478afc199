import type { MsgHdrs } from "@nats-io/transport-node";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** A payload in JSON: `data` where it is UTF-8, else `dataBase64`. */
export function payloadJson(bytes: Uint8Array): { data: string } | { dataBase64: string } {
  try {
    return { data: decoder.decode(bytes) };
  } catch {
    return { dataBase64: Buffer.from(bytes).toString("base64") };
  }
}

/** Headers in JSON: each name with all its values, or nothing where there are none. */
export function headersJson(
  headers: MsgHdrs | undefined,
): { headers: Record<string, string[]> } | Record<string, never> {
  if (headers === undefined || headers.keys().length === 0) return {};
  return { headers: Object.fromEntries(headers.keys().map((key) => [key, headers.values(key)])) };
}

/** Headers for people: one `Name: value` a line. */
export function headersText(headers: MsgHdrs | undefined): string {
  if (headers === undefined) return "";
  return headers
    .keys()
    .flatMap((key) => headers.values(key).map((value) => `${key}: ${value}\n`))
    .join("");
}
