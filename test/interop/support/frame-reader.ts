import type { RawMessage } from "./inbox.ts";

/** One thing a server says. */
export type Frame =
  | { readonly kind: "info"; readonly info: Record<string, unknown> }
  | RawMessage
  | { readonly kind: "error"; readonly text: string }
  | { readonly kind: "ok" | "ping" | "pong" };

/**
 * Splits what a server sends into frames. Written apart from the project's own codec on purpose, so that a mistake
 * there cannot hide itself here.
 */
export class FrameReader {
  #buffer = Buffer.alloc(0);

  push(chunk: Uint8Array): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
  }

  /** The next complete frame, or `undefined` until more has been pushed. */
  next(): Frame | undefined {
    const lineEnd = this.#buffer.indexOf("\r\n");
    if (lineEnd < 0) return undefined;
    const line = this.#buffer.subarray(0, lineEnd).toString();
    const bodyStart = lineEnd + 2;
    const fields = line.split(" ");
    if (fields[0] === "MSG" || fields[0] === "HMSG") return this.#message(fields, bodyStart);
    this.#buffer = this.#buffer.subarray(bodyStart);
    return controlFrame(line);
  }

  #message(fields: string[], bodyStart: number): RawMessage | undefined {
    const hasHeader = fields[0] === "HMSG";
    const size = Number(fields.at(-1));
    const headerSize = hasHeader ? Number(fields.at(-2)) : 0;
    const end = bodyStart + size;
    if (this.#buffer.length < end + 2) return undefined;
    const content = Buffer.from(this.#buffer.subarray(bodyStart, end));
    this.#buffer = this.#buffer.subarray(end + 2);
    return {
      kind: "msg",
      subject: fields[1] ?? "",
      sid: fields[2] ?? "",
      reply: fields.length === (hasHeader ? 6 : 5) ? fields[3] : undefined,
      header: content.subarray(0, headerSize).toString(),
      body: content.subarray(headerSize),
    };
  }
}

function controlFrame(line: string): Frame {
  if (line.startsWith("INFO ")) {
    return {
      kind: "info",
      info: JSON.parse(line.slice("INFO ".length)) as Record<string, unknown>,
    };
  }
  if (line.startsWith("-ERR '") && line.endsWith("'")) {
    return { kind: "error", text: line.slice("-ERR '".length, -1) };
  }
  switch (line) {
    case "+OK":
      return { kind: "ok" };
    case "PING":
      return { kind: "ping" };
    case "PONG":
      return { kind: "pong" };
    default:
      throw new Error(`the server sent a line no client knows: ${JSON.stringify(line)}`);
  }
}
