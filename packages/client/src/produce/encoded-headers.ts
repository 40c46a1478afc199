import type { MsgHdrs } from "@nats-io/nats-core";
import { clientError } from "../errors.ts";
import { isStampHeader } from "../lineage/stamp.ts";

/** Headers of a message: one value, or several, of a name. */
export type HeadersInput = Readonly<Record<string, string | readonly string[]>>;

/**
 * Headers as they go out. The official client asks them for their bytes, once per time they are sent; its own ones would
 * make these anew each time, and search all names at every change.
 */
class EncodedHeaders {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  encode(): Uint8Array {
    return this.#bytes;
  }
}

/** Lines of a header block, each with its end. */
export function headerLine(name: string, value: string): string {
  return `${name}: ${value}\r\n`;
}

export function encodedHeaders(lines: string): MsgHdrs {
  return new EncodedHeaders(Buffer.from(`NATS/1.0\r\n${lines}\r\n`)) as unknown as MsgHdrs;
}

/**
 * What stamps say is not taken from others: such headers are left out, as of a message that is passed on with all it has.
 *
 * @throws OxbowError `MESSAGE_INVALID` for what can't be a header, or is one that options stand for
 */
export function applicationLines(headers: HeadersInput): string {
  let lines = "";
  for (const [name, values] of Object.entries(headers)) {
    if (!/^[!-9;-~]+$/.test(name)) {
      const text = `${JSON.stringify(name)} is no name for a header: use printable ASCII without spaces and colons`;
      throw clientError("MESSAGE_INVALID", text);
    }
    if (/^nats-/i.test(name)) {
      const text = `headers: ${name} belongs to the server. What can be asked of it are options of produce`;
      throw clientError("MESSAGE_INVALID", text);
    }
    if (isStampHeader(name)) continue;
    for (const value of typeof values === "string" ? [values] : values) {
      if (/[\r\n]/.test(value)) {
        throw clientError("MESSAGE_INVALID", `headers: ${name} has a line break in its value`);
      }
      lines += headerLine(name, value);
    }
  }
  return lines;
}
