import { headers, type MsgHdrs } from "@nats-io/transport-node";
import { checksumOf, type MessageIdentity, type SimRandom } from "@oxbow/testkit";
import type { StreamPlan } from "./workload.ts";

const MESSAGE_ID_HEADER = "Nats-Msg-Id";
const IDENTITY_HEADER = "Crash-Message";

/** Room that a payload must have to carry the message's identity in front. */
const CARRIER_SIZE_MIN = 64;

/** A message on its way to the broker. */
export interface OutgoingMessage extends MessageIdentity {
  readonly headers: MsgHdrs | undefined;
  readonly payload: Uint8Array;
  /** The broker knows it by its id: it may be sent again and is stored once. */
  readonly isIdempotent: boolean;
}

/**
 * Makes the messages of one publisher. Each carries its identity where it has room: in `Nats-Msg-Id`, in a header of
 * the test, in front of the payload, or, if it is small and bare, as the last token of its subject.
 */
export class MessageMaker {
  readonly #random: SimRandom;
  readonly #publisher: string;
  /** Payloads are cut out of this, which is cheaper than to draw each byte. */
  readonly #pool: Buffer = Buffer.alloc(256 * 1024);
  #count = 0;

  constructor(random: SimRandom, publisher: string) {
    this.#random = random;
    this.#publisher = publisher;
    random.fill(this.#pool);
  }

  make(plan: StreamPlan): OutgoingMessage {
    const random = this.#random;
    this.#count += 1;
    const messageId = `${this.#publisher}-${this.#count}`;
    const payload = this.#payload(Math.min(this.#payloadSize(), plan.payloadSizeMax));
    let subject = `${plan.root}.${random.below(8)}.${random.pick(["new", "paid", "sent"])}`;
    let fields: MsgHdrs | undefined;
    const kind = random.fraction();
    if (kind < 0.4) {
      fields = headers();
      fields.set(MESSAGE_ID_HEADER, messageId);
      if (random.chance(0.3)) this.#decorate(fields);
    } else if (kind < 0.6) {
      fields = headers();
      fields.set(IDENTITY_HEADER, messageId);
      this.#decorate(fields);
    } else if (payload.length >= CARRIER_SIZE_MIN) {
      payload.write(`${messageId}\n`, "latin1");
    } else {
      subject = `${plan.root}.bare.${messageId}`;
    }
    const identity = identityOf(plan.name, subject, fields, payload);
    return { ...identity, headers: fields, payload, isIdempotent: kind < 0.4 };
  }

  /** A message that the broker must refuse: it names a last sequence that is long past. */
  makeRefusable(plan: StreamPlan): OutgoingMessage {
    const message = this.make(plan);
    const fields = message.headers ?? headers();
    if (message.headers === undefined) fields.set(IDENTITY_HEADER, message.messageId);
    fields.set("Nats-Expected-Last-Sequence", "1");
    const identity = identityOf(plan.name, message.subject, fields, message.payload);
    return { ...message, ...identity, headers: fields, isIdempotent: false };
  }

  /** Mostly small, some empty, some up to 64 KiB. */
  #payloadSize(): number {
    const random = this.#random;
    const kind = random.fraction();
    if (kind < 0.05) return 0;
    if (kind < 0.15) return random.below(CARRIER_SIZE_MIN);
    const [min, max] = kind < 0.9 ? [CARRIER_SIZE_MIN, 4 * 1024] : [4 * 1024, 64 * 1024 + 1];
    return Math.floor(min * (max / min) ** random.fraction());
  }

  #payload(size: number): Buffer {
    const start = this.#random.below(this.#pool.length - size + 1);
    return Buffer.from(this.#pool.subarray(start, start + size));
  }

  #decorate(fields: MsgHdrs): void {
    const random = this.#random;
    fields.append("Tag", `t${random.below(100)}`);
    fields.append("Tag", "ünï");
    if (random.chance(0.3)) fields.set("Empty", "");
    if (random.chance(0.1)) fields.set("Long", "x".repeat(random.below(4_000)));
  }
}

/** What a message is, as its receiver can tell: whose it is, and the checksum of headers and payload. */
export function identityOf(
  stream: string,
  subject: string,
  fields: MsgHdrs | undefined,
  payload: Uint8Array,
): MessageIdentity {
  const messageId = messageIdOf(subject, fields, payload);
  const head = fields === undefined || fields.keys().length === 0 ? "" : headerText(fields);
  const content = head === "" ? payload : Buffer.concat([Buffer.from(head), payload]);
  return { stream, subject, messageId, checksum: checksumOf(content) };
}

function messageIdOf(subject: string, fields: MsgHdrs | undefined, payload: Uint8Array): string {
  const named = fields?.get(MESSAGE_ID_HEADER) || fields?.get(IDENTITY_HEADER);
  if (named) return named;
  const tokens = subject.split(".");
  if (tokens[1] === "bare") return tokens.slice(2).join(".");
  const end = payload.subarray(0, CARRIER_SIZE_MIN).indexOf(0x0a);
  return end < 0 ? "unreadable" : Buffer.from(payload.subarray(0, end)).toString("latin1");
}

function headerText(fields: MsgHdrs): string {
  const lines = fields
    .keys()
    .flatMap((key) => fields.values(key).map((value) => `${key}:${value}`));
  return `${lines.join("\r\n")}\r\n\r\n`;
}
