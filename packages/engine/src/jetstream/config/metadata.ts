import { type TextMap, textMapFrom } from "../../json/collection-shapes.ts";

/** The API level that a stream or consumer needs of a server; stored with it. */
const REQUIRED_LEVEL = "_nats.req.level";
/** The version and the level of the server that answers; never stored. */
const SERVER_VERSION = "_nats.ver";
const SERVER_LEVEL = "_nats.level";

/** The largest sum of the sizes of names and values, in bytes. */
export const METADATA_SIZE_MAX: number = 128 * 1024;

/** What a server says about itself in the metadata of its answers. */
export interface ServerIdentity {
  /** Its version, as in INFO. */
  readonly version: string;
  /** The JetStream API level it offers. */
  readonly apiLevel: number;
}

/** The metadata to store: what the client gave, and the API level needed. What only answers carry is dropped. */
export function storedMetadata(given: TextMap, requiredLevel: number): TextMap {
  return textMapFrom([...clientEntries(given), [REQUIRED_LEVEL, String(requiredLevel)]]);
}

/** The metadata to answer with: what is stored, and who answers. */
export function answeredMetadata(stored: TextMap, server: ServerIdentity): TextMap {
  return textMapFrom([
    ...Object.entries(stored),
    [SERVER_VERSION, server.version],
    [SERVER_LEVEL, String(server.apiLevel)],
  ]);
}

/** What the client gave: metadata without the names that the server keeps for itself. */
export function clientMetadata(metadata: TextMap): TextMap {
  return textMapFrom(clientEntries(metadata));
}

function clientEntries(metadata: TextMap): [string, string][] {
  return Object.entries(metadata).filter(
    ([name]) => name !== REQUIRED_LEVEL && name !== SERVER_VERSION && name !== SERVER_LEVEL,
  );
}

/** The bytes of all names and values. */
export function metadataSize(metadata: TextMap): number {
  let size = 0;
  for (const [name, value] of Object.entries(metadata)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  return size;
}
