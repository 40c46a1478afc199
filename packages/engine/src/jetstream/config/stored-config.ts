import type { TextMap } from "../../json/collection-shapes.ts";
import { encodeAnswer, encodeText } from "../../json/encode.ts";
import type { JsonValue, Shape } from "../../json/shape.ts";
import type { Checked } from "./errors.ts";
import { answeredMetadata, clientMetadata, type ServerIdentity } from "./metadata.ts";
import { decodeRequest } from "./request-body.ts";

/** What a configuration that is stored becomes beside the object that the server works with. */
export interface StoredConfig<Config> {
  /** The `config` member of answers. */
  answer(config: Config, server: ServerIdentity): JsonValue;
  /** The same in lists, where the server says nothing of itself in the metadata. */
  listed(config: Config): JsonValue;
  /** The bytes to store it as; {@link decode} reads them. */
  encode(config: Config): Buffer;
  /** Reads what {@link encode} wrote. The values are not checked again. */
  decode(bytes: Buffer): Checked<Config>;
  /** Whether two of them ask for the same; which server versions they name does not matter. */
  equals(a: Config, b: Config): boolean;
}

/** The forms of a configuration that has `shape`. */
export function storedConfig<Config extends { readonly metadata: TextMap }>(
  shape: Shape<Config>,
): StoredConfig<Config> {
  const comparable = (config: Config): string =>
    encodeText(shape.write({ ...config, metadata: clientMetadata(config.metadata) }));
  return {
    answer: (config, server) =>
      shape.write({ ...config, metadata: answeredMetadata(config.metadata, server) }),
    listed: (config) => shape.write(config),
    encode: (config) => encodeAnswer(shape.write(config)),
    decode: (bytes) => decodeRequest(bytes, shape),
    equals: (a, b) => comparable(a) === comparable(b),
  };
}
