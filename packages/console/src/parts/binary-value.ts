import { decode as decodeMessagePack, ExtData } from "@msgpack/msgpack";
import { decode as decodeCbor } from "cborg";
import type { TagDecodeControl, TagDecoder } from "cborg/interface";
import { bigIntDecoder, bigNegIntDecoder } from "cborg/taglib";

export type BinaryFormat = "msgpack" | "cbor";

/** How deep a value may be, so that nobody's message takes all the room that functions have. */
const depthMax = 100;
/** Of bytes within a value. */
const shownBytesMax = 64;

/** Shown as it is, without quotes. */
class Verbatim extends String {}

/**
 * What bytes say as MessagePack or CBOR, of what JSON has: nothing in them tells which they are.
 *
 * @throws Error if they are none
 */
export function binaryValue(format: BinaryFormat, bytes: Uint8Array): unknown {
  return plain(format === "msgpack" ? messagePack(bytes) : cbor(bytes), 0);
}

function messagePack(bytes: Uint8Array): unknown {
  // No list can have more items than there are bytes.
  const most = bytes.length;
  return decodeMessagePack(bytes, {
    useBigInt64: true,
    maxStrLength: most,
    maxBinLength: most,
    maxArrayLength: most,
    maxMapLength: most,
    maxExtLength: most,
  });
}

function cbor(bytes: Uint8Array): unknown {
  return decodeCbor(bytes, {
    useMaps: true,
    allowBigInt: true,
    rejectDuplicateMapKeys: false,
    tags,
  });
}

/** What a tag says of a value is left out, but for large numbers: times, for one, are read as they stand there. */
const tags: Readonly<Record<number, TagDecoder>> = new Proxy<Record<string, TagDecoder>>(
  { 2: bigIntDecoder, 3: bigNegIntDecoder },
  { get: (known, tag) => known[String(tag)] ?? ((control: TagDecodeControl) => control()) },
);

function plain(value: unknown, depth: number): unknown {
  if (depth > depthMax) throw new Error(`it is nested more than ${depthMax} deep`);
  const go = (each: unknown): unknown => plain(each, depth + 1);
  if (typeof value === "bigint") return new Verbatim(String(value));
  if (value === undefined) return new Verbatim("undefined");
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return new Verbatim(bytesText(value));
  if (value instanceof ExtData) {
    return new Verbatim(`extension ${value.type}: ${bytesText(value.data as Uint8Array)}`);
  }
  if (Array.isArray(value)) return value.map(go);
  if (typeof value !== "object" || value === null) return value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([name, each]) => [nameText(name), go(each)]));
}

function nameText(name: unknown): string {
  return typeof name === "string" ? name : String(plain(name, 0));
}

function bytesText(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, shownBytesMax), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  return `${bytes.length} bytes: ${shown}${bytes.length > shownBytesMax ? "…" : ""}`;
}
