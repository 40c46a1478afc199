import type {
  AttachmentMode,
  CompatibilityMode,
  PayloadEncoding,
  SchemaFormat,
} from "./types/schema.ts";

/** All formats of schemas. */
export const schemaFormats: readonly [SchemaFormat, ...SchemaFormat[]] = [
  "json",
  "avro",
  "protobuf",
  "graphql",
];

/** All that new versions can be demanded to allow. */
export const compatibilityModes: readonly [CompatibilityMode, ...CompatibilityMode[]] = [
  "none",
  "backward",
  "backward-transitive",
  "forward",
  "forward-transitive",
  "full",
  "full-transitive",
];

/** All that a station can do with a message that does not fit. */
export const attachmentModes: readonly [AttachmentMode, ...AttachmentMode[]] = [
  "enforce",
  "warn",
  "divert",
];

/** All ways in which messages of Avro are written. */
export const payloadEncodings: readonly [PayloadEncoding, ...PayloadEncoding[]] = [
  "binary",
  "json",
];
