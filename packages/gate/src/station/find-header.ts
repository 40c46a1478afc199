const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const colon = 0x3a;
const space = 0x20;

/** Where the value of a header lies. Made once and used again. */
export interface HeaderValue {
  start: number;
  end: number;
}

/**
 * Finds the first header called `name` in the block `[start, end)` of a message, as the server does: case matters, a colon
 * follows at once, spaces before the value do not belong to it.
 *
 * @returns Whether there is one; then `out` is its value.
 */
export function findHeader(
  buffer: Buffer,
  start: number,
  end: number,
  name: Uint8Array,
  out: HeaderValue,
): boolean {
  for (let at = start; at < end; at++) {
    if (buffer[at] !== lineFeed) continue;
    const nameEnd = at + 1 + name.length;
    if (nameEnd >= end || buffer[nameEnd] !== colon || !isAt(buffer, at + 1, name)) continue;
    let valueStart = nameEnd + 1;
    while (valueStart < end && buffer[valueStart] === space) valueStart++;
    let valueEnd = valueStart;
    while (valueEnd < end && buffer[valueEnd] !== carriageReturn) valueEnd++;
    out.start = valueStart;
    out.end = valueEnd;
    return true;
  }
  return false;
}

function isAt(buffer: Buffer, start: number, bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index++) {
    if (buffer[start + index] !== bytes[index]) return false;
  }
  return true;
}
