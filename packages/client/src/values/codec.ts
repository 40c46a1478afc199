import { clientError } from "../errors.ts";

/** How values become bytes and come back. */
export interface Codec<Value> {
  encode(value: Value): Uint8Array;
  decode(bytes: Uint8Array): Value;
}

/** The codecs that have a name, and what their values are. */
export interface NamedCodecs {
  /** Whatever JSON can say. */
  readonly json: unknown;
  /** Text in UTF-8. */
  readonly text: string;
  readonly bytes: Uint8Array;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const jsonCodec: Codec<unknown> = {
  encode(value) {
    const text = JSON.stringify(value) as string | undefined;
    if (text !== undefined) return Buffer.from(text);
    const what = `${typeof value} has no JSON: produce something else, or give the station a codec`;
    throw clientError("MESSAGE_INVALID", what);
  },
  decode: (bytes) => JSON.parse(utf8.decode(bytes)) as unknown,
};

export const textCodec: Codec<string> = {
  encode(value) {
    if (typeof value === "string") return Buffer.from(value);
    const what = `the codec of the station is text, and the value is of type ${typeof value}`;
    throw clientError("MESSAGE_INVALID", what);
  },
  decode: (bytes) => utf8.decode(bytes),
};

export const bytesCodec: Codec<Uint8Array> = {
  encode(value) {
    if (value instanceof Uint8Array) return value;
    const what = `the codec of the station is bytes, and the value is of type ${typeof value}`;
    throw clientError("MESSAGE_INVALID", what);
  },
  decode: (bytes) => bytes,
};

/** @throws OxbowError `OPTIONS_INVALID` */
export function codecOf(given: keyof NamedCodecs | Codec<unknown> | undefined): Codec<unknown> {
  switch (given) {
    case undefined:
    case "json":
      return jsonCodec;
    case "text":
      return textCodec as Codec<unknown>;
    case "bytes":
      return bytesCodec as Codec<unknown>;
    default:
      if (typeof given === "object") return given;
      throw clientError(
        "OPTIONS_INVALID",
        `codec: ${String(given)}: json, text, bytes or your own`,
      );
  }
}
