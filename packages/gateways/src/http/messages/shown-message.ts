import { isUtf8 } from "node:buffer";
import { type DecodedMessage, StationDecoders, schemasOver } from "@oxbow/platform/decoders";
import type { ControlClient } from "oxbow/control";
import type { ReplayedMessage } from "oxbow/internal";
import { z } from "zod";
import { flag } from "../api/shapes/common.ts";
import type { DecodedBody, MessageBody } from "../contract/index.ts";
import { bodyOf } from "./message-body.ts";

/** How messages are to be shown, in a query. */
export const shownFields: {
  readonly decode: z.ZodType<boolean | undefined>;
  readonly preview: z.ZodType<number | undefined>;
} = {
  decode: flag("Whether messages are read by the schema of the station, as `decoded`."),
  preview: z.coerce
    .number<string>()
    .int()
    .min(1)
    .optional()
    .describe("Bytes of each payload, and characters of what is decoded; the rest is left out."),
};

export interface ShownQuery {
  readonly decode?: boolean | undefined;
  readonly preview?: number | undefined;
}

/** Makes messages of a station ready to be shown. */
export class ShownMessages {
  readonly #decoders: StationDecoders | undefined;
  readonly #previewBytes: number;

  constructor(control: ControlClient, { decode = false, preview }: ShownQuery) {
    this.#decoders = decode
      ? new StationDecoders(schemasOver(control), { withText: true })
      : undefined;
    this.#previewBytes = preview ?? Number.POSITIVE_INFINITY;
  }

  async body(message: ReplayedMessage<unknown>): Promise<MessageBody> {
    const { station, data } = message;
    const decoded = await this.#decoders?.read(station, data);
    const body = bodyOf(message, this.#previewBytes);
    if (this.#decoders === undefined) return body;
    return { ...body, decoded: decodedBodyOf(decoded, data, this.#previewBytes) };
  }
}

/**
 * What is JSON already need not be said twice.
 *
 * @param charactersMax - Of the text that is told.
 */
export function decodedBodyOf(
  decoded: DecodedMessage | undefined,
  data: Uint8Array,
  charactersMax: number = Number.POSITIVE_INFINITY,
): DecodedBody | null {
  if (decoded === undefined) return null;
  const { text, schema, version } = decoded;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const isSame = isUtf8(bytes) && bytes.toString() === text;
  return { text: isSame ? null : text.slice(0, charactersMax), schema, version };
}
