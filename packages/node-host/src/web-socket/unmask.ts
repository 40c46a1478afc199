/**
 * Undoes the mask of the payload in `bytes` from `start` to `end`, in place. The mask's four bytes are in `head` at
 * `maskStart`; `maskAt` (0 to 3) is the one for the first byte.
 */
export function unmask(
  bytes: Buffer,
  start: number,
  end: number,
  head: Uint8Array,
  maskStart: number,
  maskAt: number,
): void {
  const a = head[maskStart + maskAt] as number;
  const b = head[maskStart + ((maskAt + 1) & 3)] as number;
  const c = head[maskStart + ((maskAt + 2) & 3)] as number;
  const d = head[maskStart + ((maskAt + 3) & 3)] as number;
  if ((a | b | c | d) === 0) return;
  let at = start;
  // Four at a time: the mask stays in registers.
  for (const wholeEnd = end - 3; at < wholeEnd; at += 4) {
    bytes[at] = (bytes[at] as number) ^ a;
    bytes[at + 1] = (bytes[at + 1] as number) ^ b;
    bytes[at + 2] = (bytes[at + 2] as number) ^ c;
    bytes[at + 3] = (bytes[at + 3] as number) ^ d;
  }
  if (at < end) bytes[at] = (bytes[at] as number) ^ a;
  if (at + 1 < end) bytes[at + 1] = (bytes[at + 1] as number) ^ b;
  if (at + 2 < end) bytes[at + 2] = (bytes[at + 2] as number) ^ c;
}
