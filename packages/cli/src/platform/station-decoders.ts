import type { MessageDecoder, SchemaDefinition } from "@oxbow/gate";
import type { Attachment, AttachmentState, Schema, SchemaText } from "oxbow/control";
import { note } from "../output/print.ts";

/** Where schemas are asked for. */
export interface SchemaSource {
  attachment(station: string): Promise<AttachmentState>;
  schema(name: string): Promise<Schema>;
  text(name: string, version: number): Promise<SchemaText>;
}

/** How often it is looked for newer versions, when a message fits none of those known. */
const lookMsMin = 1_000;

/** What reads the messages of a station: the version in use first, then the others, newest first. */
interface StationReader {
  readonly decoders: readonly MessageDecoder[];
  readonly loadedAtMs: number;
}

/**
 * Shows messages of Avro and Protobuf as JSON, by the schemas that their stations use. Nothing in a message says by which
 * version it was written, so the first one that it fits is taken.
 */
export class StationDecoders {
  readonly #source: SchemaSource;
  readonly #readers: Map<string, StationReader> = new Map();

  constructor(source: SchemaSource) {
    this.#source = source;
  }

  /** The message as JSON; as it is, if its station has no such schema or it fits none of its versions. */
  async decode(station: string, data: Uint8Array): Promise<Uint8Array> {
    const known = this.#readers.get(station);
    const reader = known ?? (await this.#load(station));
    const decoded = decodeWith(reader, data);
    if (decoded !== undefined || reader.decoders.length === 0) return decoded ?? data;
    if (known === undefined || performance.now() - known.loadedAtMs < lookMsMin) return data;
    return decodeWith(await this.#load(station), data) ?? data;
  }

  async #load(station: string): Promise<StationReader> {
    const decoders = await this.#decodersOf(station).catch((error: unknown) => {
      // Any NATS server will do for messages as they are.
      const { code } = error as { readonly code?: unknown };
      if (code !== "API_UNAVAILABLE") {
        note(`messages of ${station} are shown as they are: ${(error as Error).message}`);
      }
      return [];
    });
    const reader = { decoders, loadedAtMs: performance.now() };
    this.#readers.set(station, reader);
    return reader;
  }

  async #decodersOf(station: string): Promise<MessageDecoder[]> {
    const { attachment } = await this.#source.attachment(station);
    if (attachment === null) return [];
    const schema = await this.#source.schema(attachment.schema);
    const isText = schema.format === "json" || schema.format === "graphql";
    if (isText || attachment.encoding === "json") return [];
    const { compileDecoder } = await import("@oxbow/gate");
    const decoders: MessageDecoder[] = [];
    for (const version of versionsOf(schema, attachment)) {
      const definition = await this.#definition(schema.name, version);
      decoders.push(compileDecoder(definition, attachment.encoding));
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

function decodeWith({ decoders }: StationReader, data: Uint8Array): Buffer | undefined {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  for (const decode of decoders) {
    try {
      return Buffer.from(decode(bytes));
    } catch {
      // It was written by another version, or before there was a schema.
    }
  }
  return undefined;
}
