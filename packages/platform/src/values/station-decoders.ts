import type { MessageDecoder, MessageEncoder, SchemaDefinition } from "@oxbow/gate";
import type { Attachment, AttachmentState, ControlClient, Schema, SchemaText } from "oxbow/control";

/** Where schemas are asked for. */
interface SchemaSource {
  attachment(station: string): Promise<AttachmentState>;
  schema(name: string): Promise<Schema>;
  text(name: string, version: number): Promise<SchemaText>;
}

/** The platform, as it is asked over its control API. */
export function schemasOver(control: ControlClient): SchemaSource {
  return {
    attachment: (station) => control.call("attachment.get", { station }, {}),
    schema: (schema) => control.call("schema.get", { schema }, {}),
    text: (schema, version) => control.call("schema.text", { schema }, { version }),
  };
}

/** A message as JSON, and what it was read by. */
export interface DecodedMessage {
  readonly text: string;
  readonly schema: string;
  readonly version: number;
}

interface DecoderOptions {
  /** Whether messages that are JSON already are checked for the version that they fit. Default `false`. */
  readonly withText?: boolean;
  /** Told when a station's schemas can't be had, so that its messages are left as they are. */
  readonly onMissing?: (station: string, error: Error) => void;
}

/** How often it is looked for newer versions, when a message fits none of those known. */
const lookMsMin = 1_000;

interface VersionDecoder {
  readonly schema: string;
  readonly version: number;
  readonly decode: MessageDecoder;
  /** Made when it is first needed. */
  readonly encoder: () => MessageEncoder;
}

/** What reads the messages of a station: the version in use first, then the others, newest first. */
export class StationReader {
  readonly #decoders: readonly VersionDecoder[];
  #encode: MessageEncoder | undefined = undefined;
  readonly loadedAtMs: number;

  constructor(decoders: readonly VersionDecoder[]) {
    this.#decoders = decoders;
    this.loadedAtMs = performance.now();
  }

  /** Whether messages are left as they are. */
  get isEmpty(): boolean {
    return this.#decoders.length === 0;
  }

  /** The schema of what is written, and its version: the one in use. */
  get schema(): string | undefined {
    return this.#decoders[0]?.schema;
  }

  get version(): number | undefined {
    return this.#decoders[0]?.version;
  }

  /**
   * A message of its JSON, by the version in use; as it is, if messages are text.
   *
   * @throws OxbowError `MESSAGE_INVALID`
   */
  write(text: string): Buffer {
    const [current] = this.#decoders;
    if (current === undefined) return Buffer.from(text);
    this.#encode ??= current.encoder();
    return this.#encode(text);
  }

  /** The message, by the first version that it fits: nothing in it says by which one it was written. */
  read(data: Uint8Array): DecodedMessage | undefined {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    for (const { schema, version, decode } of this.#decoders) {
      try {
        return { text: decode(bytes), schema, version };
      } catch {
        // It was written by another version, or before there was a schema.
      }
    }
    return undefined;
  }
}

/** Shows messages of Avro and Protobuf as JSON, by the schemas that their stations use. */
export class StationDecoders {
  readonly #source: SchemaSource;
  readonly #options: DecoderOptions;
  readonly #readers: Map<string, StationReader> = new Map();

  constructor(source: SchemaSource, options: DecoderOptions = {}) {
    this.#source = source;
    this.#options = options;
  }

  /** The message as JSON; as it is, if its station has no such schema or it fits none of its versions. */
  async decode(station: string, data: Uint8Array): Promise<Uint8Array> {
    const decoded = await this.read(station, data);
    return decoded === undefined ? data : Buffer.from(decoded.text);
  }

  /** The message as JSON, and which version it fits; `undefined` if there is none. */
  async read(station: string, data: Uint8Array): Promise<DecodedMessage | undefined> {
    const known = this.#readers.get(station);
    const reader = known ?? (await this.reader(station));
    const decoded = reader.read(data);
    if (decoded !== undefined || reader.isEmpty) return decoded;
    if (known === undefined || performance.now() - known.loadedAtMs < lookMsMin) return undefined;
    return (await this.reader(station)).read(data);
  }

  /** What reads the messages of a station, as its schemas are now. */
  async reader(station: string): Promise<StationReader> {
    const decoders = await this.#decodersOf(station).catch((error: unknown) => {
      // Any NATS server will do for messages as they are.
      const { code } = error as { readonly code?: unknown };
      if (code !== "API_UNAVAILABLE") this.#options.onMissing?.(station, error as Error);
      return [];
    });
    const reader = new StationReader(decoders);
    this.#readers.set(station, reader);
    return reader;
  }

  async #decodersOf(station: string): Promise<VersionDecoder[]> {
    const { attachment } = await this.#source.attachment(station);
    if (attachment === null) return [];
    const schema = await this.#source.schema(attachment.schema);
    const isText = schema.format === "json" || schema.format === "graphql";
    const isLeft = isText || attachment.encoding === "json";
    if (isLeft && this.#options.withText !== true) return [];
    const { compileDecoder, compileEncoder } = await import("@oxbow/gate");
    const decoders: VersionDecoder[] = [];
    for (const version of versionsOf(schema, attachment)) {
      const definition = await this.#definition(schema.name, version);
      const decode = compileDecoder(definition, attachment.encoding);
      const encoder = (): MessageEncoder => compileEncoder(definition, attachment.encoding);
      decoders.push({ schema: schema.name, version, decode, encoder });
    }
    return decoders;
  }

  /** A version with everything that it refers to. */
  async #definition(name: string, version: number): Promise<SchemaDefinition> {
    const { format, text, messageName, references } = await this.#source.text(name, version);
    const found = new Map<string, string>();
    const waiting = [...references];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (found.has(next.name)) continue;
      const referred = await this.#source.text(next.schema, next.version);
      found.set(next.name, referred.text);
      waiting.push(...referred.references);
    }
    return {
      ...{ format, text },
      ...(messageName !== undefined && { messageName }),
      references: [...found].map(([name, text]) => ({ name, text })),
    };
  }
}

function versionsOf({ activeVersion, versions }: Schema, { version }: Attachment): number[] {
  const first = version === "active" ? activeVersion : version;
  const others = versions.map(({ number }) => number).sort((a, b) => b - a);
  return [...new Set([...(first === undefined ? [] : [first]), ...others])];
}
