import { isUtf8 } from "node:buffer";
import type { StationReader } from "@oxbow/platform/decoders";
import type { ReplayedMessage } from "oxbow/internal";
import type { Expression, Judgement } from "./expression.ts";

/** A header that is demanded: that it is there, or that it has a value. */
export interface HeaderDemand {
  readonly name: string;
  readonly value: string | undefined;
}

/** What messages are found by; what is not said holds for all. */
export interface FilterQuestion {
  readonly headers: readonly HeaderDemand[];
  /** What the bytes of the payload contain. */
  readonly text?: string | undefined;
  readonly ignoreCase?: boolean | undefined;
  readonly expression?: Expression | undefined;
  /** Both included, in whole milliseconds. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** Tells which messages are looked for. */
export class MessageFilter {
  readonly #question: FilterQuestion;
  readonly #reader: StationReader;
  readonly #needle: Buffer | undefined;
  readonly #lowered: string | undefined;

  /** @param reader - Of the station, for what is not JSON already. */
  constructor(question: FilterQuestion, reader: StationReader) {
    this.#question = question;
    this.#reader = reader;
    const { text, ignoreCase = false } = question;
    const isText = text !== undefined && text !== "";
    this.#needle = isText && !ignoreCase ? Buffer.from(text) : undefined;
    this.#lowered = isText && ignoreCase ? text.toLowerCase() : undefined;
  }

  judge(message: ReplayedMessage<unknown>): Judgement {
    const { fromMs, toMs, headers, expression } = this.#question;
    const timeMs = message.time.getTime();
    if (fromMs !== undefined && timeMs < fromMs) return false;
    if (toMs !== undefined && timeMs > toMs) return false;
    if (!this.#hasText(message.data)) return false;
    if (headers.length > 0 && !headers.every((each) => hasHeader(message, each))) return false;
    if (expression === undefined) return true;
    return expression.judge({
      key: message.key ?? "",
      headers: message.headers,
      text: this.#textOf(message.data),
      timeMs,
      sequence: message.sequence,
      partition: message.partition,
      sizeBytes: message.data.length,
    });
  }

  #hasText(data: Uint8Array): boolean {
    if (this.#needle === undefined && this.#lowered === undefined) return true;
    const bytes = bufferOf(data);
    if (this.#needle !== undefined) return bytes.includes(this.#needle);
    return bytes
      .toString()
      .toLowerCase()
      .includes(this.#lowered ?? "");
  }

  #textOf(data: Uint8Array): string {
    const decoded = this.#reader.read(data)?.text;
    if (decoded !== undefined) return decoded;
    const bytes = bufferOf(data);
    return isUtf8(bytes) ? bytes.toString() : "";
  }
}

/** Names are those of NATS, where case matters; people need not know. */
function hasHeader(message: ReplayedMessage<unknown>, { name, value }: HeaderDemand): boolean {
  const wanted = name.toLowerCase();
  return Object.entries(message.headers).some(
    ([each, values]) =>
      each.toLowerCase() === wanted && (value === undefined || values.includes(value)),
  );
}

function bufferOf(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
