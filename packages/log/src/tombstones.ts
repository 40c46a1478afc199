import { ByteReader, ByteWriter } from "./byte-writer.ts";

/**
 * Encodes sequences for a tombstone: how many, then each as its difference from the one before, zigzag, so that runs
 * take a byte each.
 */
export function encodeSequences(sequences: readonly number[]): Buffer {
  const writer = new ByteWriter(16 + sequences.length * 2);
  writer.integer(sequences.length);
  let previous = 0;
  for (const sequence of sequences) {
    const step = sequence - previous;
    writer.integer(step < 0 ? -step * 2 - 1 : step * 2);
    previous = sequence;
  }
  return writer.bytes;
}

/** Calls `visit` for each sequence that {@link encodeSequences} wrote. */
export function decodeSequences(bytes: Buffer, visit: (sequence: number) => void): void {
  const reader = new ByteReader(bytes);
  const count = reader.integer();
  let sequence = 0;
  for (let i = 0; i < count && !reader.failed; i++) {
    const step = reader.integer();
    sequence += step % 2 === 1 ? -(step + 1) / 2 : step / 2;
    visit(sequence);
  }
}
