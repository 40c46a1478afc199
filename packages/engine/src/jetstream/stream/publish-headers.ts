import { HeaderScanner, parseDecimal } from "@oxbow/wire/nats";
import type { MessageView } from "../../routing/message.ts";

/** A header's value in the message; `start` is -1 if the message does not have it. */
interface Value {
  start: number;
  end: number;
}

const names = {
  messageId: "Nats-Msg-Id",
  expectedStream: "Nats-Expected-Stream",
  expectedLastSequence: "Nats-Expected-Last-Sequence",
  expectedLastSubjectSequence: "Nats-Expected-Last-Subject-Sequence",
  expectedLastSubjectSequenceSubject: "Nats-Expected-Last-Subject-Sequence-Subject",
  expectedLastMessageId: "Nats-Expected-Last-Msg-Id",
  rollup: "Nats-Rollup",
  ttl: "Nats-TTL",
  increment: "Nats-Incr",
  batchId: "Nats-Batch-Id",
  schedule: "Nats-Schedule",
  requiredApiLevel: "Nats-Required-Api-Level",
} as const;

type Name = keyof typeof names;

const nameBytes = Object.entries(names).map(([key, name]) => ({
  key: key as Name,
  bytes: Buffer.from(name),
}));

/** The headers by which a publisher asks something of a stream. One object is read into again for each message. */
export class PublishHeaders {
  readonly #scanner = new HeaderScanner();
  readonly #values: Record<Name, Value>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor() {
    const none = (): Value => ({ start: -1, end: -1 });
    this.#values = Object.fromEntries(nameBytes.map(({ key }) => [key, none()])) as Record<
      Name,
      Value
    >;
  }

  /** Reads the header block of a message; false if it holds none of these headers. The first of a name counts. */
  read(message: MessageView): boolean {
    for (const { key } of nameBytes) this.#values[key].start = -1;
    this.#buffer = message.payloadBuffer;
    const start = message.payloadStart;
    this.#scanner.reset(message.payloadBuffer, start, start + message.headersSize);
    let any = false;
    while (this.#scanner.nextReserved()) {
      const known = nameBytes.find(({ bytes }) => this.#scanner.nameIs(bytes));
      if (known === undefined) continue;
      const value = this.#values[known.key];
      if (value.start >= 0) continue;
      value.start = this.#scanner.valueStart;
      value.end = this.#scanner.valueEnd;
      any = true;
    }
    return any;
  }

  has(name: Name): boolean {
    return this.#values[name].start >= 0;
  }

  /** The value as text, `undefined` if the message does not have the header. */
  text(name: Name): string | undefined {
    const { start, end } = this.#values[name];
    return start < 0 ? undefined : this.#buffer.toString("utf8", start, end).trim();
  }

  /** The value as an integer; -1 if it is none, `undefined` if the message does not have the header. */
  integer(name: Name): number | undefined {
    const { start, end } = this.#values[name];
    return start < 0 ? undefined : parseDecimal(this.#buffer, start, end);
  }
}
