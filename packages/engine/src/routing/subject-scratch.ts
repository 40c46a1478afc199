const noBytes: Buffer = Buffer.alloc(0);

/** A buffer for subjects that are made on the way, used again and again. Grows, never shrinks. */
export class SubjectScratch {
  buffer: Buffer = noBytes;
  /** Where what it holds ends; it begins at 0. */
  end = 0;

  /** Makes room for `size` bytes. What it held is lost. */
  reserve(size: number): Buffer {
    if (this.buffer.length < size) this.buffer = Buffer.allocUnsafeSlow(size * 2);
    return this.buffer;
  }
}
