/**
 * A piece of memory seen both ways: `bytes` for copies and sub-ranges, `view` for numbers and checksums. Made once for
 * each large buffer, never for each record.
 */
export interface Block {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/** Wraps existing memory without a copy. */
export function blockOf(bytes: Buffer): Block {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/** New memory, not cleared: whoever writes it out must have written all of it. */
export function allocateBlock(size: number): Block {
  return blockOf(Buffer.allocUnsafeSlow(size));
}

/** Reads an unsigned 64-bit number that is at most 2^53 - 1. */
export function getUint53(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 4294967296 + view.getUint32(at, true);
}

/** Writes an integer from 0 to 2^53 - 1 as 64 bits. */
export function setUint53(view: DataView, at: number, value: number): void {
  const low = value >>> 0;
  view.setUint32(at, low, true);
  view.setUint32(at + 4, (value - low) / 4294967296, true);
}
