import type { StreamSource } from "../config/stream-config.ts";
import { nameHash } from "./consumer-request.ts";

/** Between several filters or destinations in one field. */
const SEPARATOR = "\f";

/** What tells one source of a stream from another, as nats-server says it in headers of messages (`Nats-Stream-Source`). */
export class SourceName {
  /** The three fields, with a space between them. */
  readonly id: string;
  readonly #stream: string;
  readonly #rest: string;

  constructor(origin: StreamSource) {
    const {
      name,
      external,
      consumer,
      filter_subject: filter,
      subject_transforms: transforms,
    } = origin;
    const from = transforms.length === 0 ? [filter] : transforms.map(({ src }) => src);
    const to = transforms.length === 0 ? [""] : transforms.map(({ dest }) => dest);
    const place = external === null ? "" : `:${nameHash(external.api)}`;
    const by = consumer === null ? "" : `:C=${nameHash(consumer.name)}`;
    this.#stream = `${name}${place}${by}`;
    this.#rest = `${fieldOf(from)} ${fieldOf(to)}`;
    this.id = `${this.#stream} ${this.#rest}`;
  }

  /** The value of the header of a message with that sequence and subject at the origin. */
  header(sequence: number, subject: string): string {
    return `${this.#stream} ${sequence} ${this.#rest} ${subject}`;
  }
}

/** The source and the sequence in it that a header names; `undefined` for what is no such header. */
export function readSourceHeader(value: string): { id: string; sequence: number } | undefined {
  const [stream, sequence = "", from, to] = value.split(" ");
  if (stream === undefined || from === undefined || to === undefined) return undefined;
  if (!/^\d{1,15}$/.test(sequence)) return undefined;
  return { id: `${stream} ${from} ${to}`, sequence: Number(sequence) };
}

function fieldOf(subjects: readonly string[]): string {
  return subjects.map((subject) => (subject === "" ? ">" : subject)).join(SEPARATOR);
}
