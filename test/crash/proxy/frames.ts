/** One operation of the NATS protocol, with its payload if it has one. */
export interface Frame {
  readonly bytes: Buffer;
  /** In capital letters. */
  readonly verb: string;
  /** Of a message; empty otherwise. */
  readonly subject: string;
  readonly reply: string | undefined;
}

const lineEnd = "\r\n";

/** Cuts what one side of a connection says into operations, whatever the chunks are. */
export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0);

  /** The operations that are whole with this chunk. */
  take(chunk: Buffer): Frame[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const end = this.#rest.indexOf(lineEnd);
      if (end < 0) return frames;
      const [verb = "", ...tokens] = this.#rest.toString("latin1", 0, end).split(/[ \t]+/);
      const payload = payloadOf(verb.toUpperCase(), tokens);
      const length = end + lineEnd.length + (payload?.bytes ?? 0);
      if (this.#rest.length < length) return frames;
      frames.push({
        bytes: this.#rest.subarray(0, length),
        verb: verb.toUpperCase(),
        subject: payload?.subject ?? "",
        reply: payload?.reply,
      });
      this.#rest = this.#rest.subarray(length);
    }
  }
}

/** What stands on the line of a message: subject, reply subject, and bytes up to its end. */
function payloadOf(
  verb: string,
  tokens: readonly string[],
):
  | { readonly subject: string; readonly reply: string | undefined; readonly bytes: number }
  | undefined {
  // How many tokens come between the subject and the reply, and how many sizes at the end.
  const shape = { PUB: [0, 1], HPUB: [0, 2], MSG: [1, 1], HMSG: [1, 2] }[verb];
  if (shape === undefined) return undefined;
  const [between = 0, sizes = 1] = shape;
  const [subject = ""] = tokens;
  const reply = tokens.length > 1 + between + sizes ? tokens[1 + between] : undefined;
  return { subject, reply, bytes: Number(tokens.at(-1)) + lineEnd.length };
}
