/** First bytes of the frames of a server: each is final, none is masked. */
export const frameKinds = {
  binary: 0x82,
  deflatedBinary: 0xc2,
  close: 0x88,
  pong: 0x8a,
} as const;

/** Bytes of the reason in a close frame. */
const reasonSizeMax = 123;

/** The beginning of a frame with `size` bytes of payload. */
export function frameHead(kind: number, size: number): Buffer {
  if (size < 126) return Buffer.from([kind, size]);
  if (size < 65_536) return Buffer.from([kind, 126, size >> 8, size & 0xff]);
  const head = Buffer.alloc(10);
  head[0] = kind;
  head[1] = 127;
  head.writeUIntBE(size, 4, 6);
  return head;
}

/** A close frame; a reason that is too long is cut. */
export function closeFrame(status: number | undefined, reason = ""): Buffer {
  if (status === undefined) return frameHead(frameKinds.close, 0);
  const text = Buffer.from(reason).subarray(0, reasonSizeMax);
  const code = Buffer.from([status >> 8, status & 0xff]);
  return Buffer.concat([frameHead(frameKinds.close, 2 + text.length), code, text]);
}

export function pongFrame(payload: Buffer): Buffer {
  return Buffer.concat([frameHead(frameKinds.pong, payload.length), payload]);
}
