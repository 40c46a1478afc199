/** Bytes in several buffers, which the functions of this file take for one after the other. Any of them may be empty. */
export type BufferList = readonly Uint8Array[];

/** How many bytes there are. */
export function sizeOf(buffers: BufferList): number {
  let size = 0;
  for (const buffer of buffers) size += buffer.length;
  return size;
}

/** What is left after the first `count` bytes, copying none; nothing if there are not more. */
export function skip(buffers: BufferList, count: number): Uint8Array[] {
  let index = 0;
  let left = count;
  while (index < buffers.length && left >= (buffers[index] as Uint8Array).length) {
    left -= (buffers[index] as Uint8Array).length;
    index += 1;
  }
  if (index === buffers.length) return [];
  return [(buffers[index] as Uint8Array).subarray(left), ...buffers.slice(index + 1)];
}

/** The first `count` bytes, copying none; all if there are not more. */
export function first(buffers: BufferList, count: number): Uint8Array[] {
  const taken: Uint8Array[] = [];
  let left = count;
  for (const buffer of buffers) {
    if (left === 0) break;
    const part = buffer.subarray(0, left);
    taken.push(part);
    left -= part.length;
  }
  return taken;
}

/** Copies the first bytes to `target` until it is full, or there are no more. */
export function gather(buffers: BufferList, target: Uint8Array): void {
  let filled = 0;
  for (const part of first(buffers, target.length)) {
    target.set(part, filled);
    filled += part.length;
  }
}
