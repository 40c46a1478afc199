import { contentId, type GateMessage, type HeaderValue } from "@oxbow/base";

/** Where the id that a producer gave stands, where the content makes messages the same. */
export const messageIdHeader = "Oxbow-Message-Id";

const dot = 0x2e;
const dollar = 0x24;
const idName = Buffer.from("Nats-Msg-Id");
const targetName = Buffer.from("Nats-Schedule-Target");
/** What the platform stores once more, or copies: these have the content of another message on purpose. */
const ownNames = [Buffer.from("Oxbow-Resend-Id"), Buffer.from("Oxbow-Reason")];
const nothing = Buffer.alloc(0);
const found: HeaderValue = { start: 0, end: 0 };

/**
 * Gives messages the id that their content has, for a station in which that makes them the same. The id that the producer
 * gave goes on in {@link messageIdHeader}.
 */
export class ContentIdentity {
  readonly #token: Buffer;

  constructor(token: string) {
    this.#token = Buffer.from(token);
  }

  identify(message: GateMessage): void {
    if (message.isFromProcess && ownNames.some((name) => message.findHeader(name, found))) return;
    const { payloadBuffer, payloadStart, payloadEnd, headersSize } = message;
    const payload = payloadBuffer.subarray(payloadStart + headersSize, payloadEnd);
    const id = contentId(this.#keyOf(message), payload);
    if (!message.findHeader(idName, found)) {
      this.#insert(message, id, payloadStart, payloadStart, nothing);
    } else if (payloadBuffer.toString("latin1", found.start, found.end) !== id) {
      const value = payloadBuffer.subarray(found.start, found.end);
      const line = Buffer.concat([Buffer.from(`${messageIdHeader}: `), value]);
      const lineStart = payloadBuffer.lastIndexOf("\n", found.start) + 1;
      this.#insert(message, id, lineStart, found.end, line);
    }
  }

  /** Puts a line with the id behind the first one, and another one in the place of `[from, to)`. */
  #insert(message: GateMessage, id: string, from: number, to: number, line: Buffer): void {
    const { payloadBuffer, payloadStart, payloadEnd, headersSize } = message;
    const idLine = `Nats-Msg-Id: ${id}\r\n`;
    if (headersSize === 0) {
      const head = Buffer.from(`NATS/1.0\r\n${idLine}\r\n`);
      const body = Buffer.concat([head, payloadBuffer.subarray(payloadStart, payloadEnd)]);
      message.setPayload(body, 0, body.length, head.length);
      return;
    }
    const firstEnd = payloadBuffer.indexOf("\n", payloadStart) + 1;
    const replaced = from < firstEnd ? firstEnd : from;
    const body = Buffer.concat([
      payloadBuffer.subarray(payloadStart, firstEnd),
      Buffer.from(idLine),
      payloadBuffer.subarray(firstEnd, replaced),
      line,
      payloadBuffer.subarray(Math.max(to, firstEnd), payloadEnd),
    ]);
    const grown = body.length - (payloadEnd - payloadStart);
    message.setPayload(body, 0, body.length, headersSize + grown);
  }

  /** The key of the message; of one to be delivered later, the key that it will have. */
  #keyOf(message: GateMessage): Buffer {
    const { payloadBuffer, subjectBuffer, subjectStart, subjectEnd } = message;
    return message.findHeader(targetName, found)
      ? keyIn(this.#token, payloadBuffer, found.start, found.end)
      : keyIn(this.#token, subjectBuffer, subjectStart, subjectEnd);
  }
}

/** What comes behind the station, or its partition; a subject of another form is a key as a whole. */
function keyIn(token: Buffer, buffer: Buffer, start: number, end: number): Buffer {
  const subject = buffer.subarray(start, end);
  let at = token.length;
  if (subject.subarray(0, at).compare(token) !== 0) return subject;
  if (subject[at] === dollar) while (at < subject.length && subject[at] !== dot) at++;
  if (at === subject.length) return nothing;
  return subject[at] === dot ? subject.subarray(at + 1) : subject;
}
