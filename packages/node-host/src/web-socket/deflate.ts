import zlib from "node:zlib";

/** What is left out at the end of each compressed message (RFC 7692, section 7.2.1). */
const tail = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** Messages that are compressed or decompressed at a time, in this process: bounds the memory of all of them. */
const CONCURRENT_DEFLATES = 4;

/** Up to this size it is done at once: a thread would take longer to be asked. */
const AT_ONCE_SIZE_MAX = 4 * 1024;

/** What is asked for at a time for the result: most messages are small. */
const INFLATED_CHUNK_SIZE = 4 * 1024;

/** 160 KiB for each message under way, instead of 256, for hardly larger messages. */
const compression: zlib.ZlibOptions = {
  level: 1,
  memLevel: 6,
  finishFlush: zlib.constants.Z_SYNC_FLUSH,
};

type Done = (result: Buffer | Error) => void;

/**
 * Compresses `data`, of which nothing is kept for the next message. `done` is called at once where there is little, and
 * else later, from a thread: messages have to be given one after another.
 */
export function deflate(data: Uint8Array, done: Done): void {
  if (data.length <= AT_ONCE_SIZE_MAX) done(withoutTail(zlib.deflateRawSync(data, compression)));
  else {
    queue.run((ended) => {
      zlib.deflateRaw(data, compression, (error, deflated) => {
        ended();
        done(error ?? withoutTail(deflated));
      });
    });
  }
}

/** A message, or why it is none: it is larger than it may be, or nothing that was compressed. */
export type Inflated = Buffer | "too-large" | "invalid";

/**
 * Decompresses a message, by a thread if there is much.
 *
 * @param sizeMax - Where it ends: not after, for a few bytes may become many.
 */
export function inflate(message: Buffer, sizeMax: number, done: (result: Inflated) => void): void {
  if (message.length <= AT_ONCE_SIZE_MAX) {
    done(inflateAtOnce(message, sizeMax));
    return;
  }
  queue.run((ended) => {
    zlib.inflateRaw(wholeOf(message), inflationTo(sizeMax), (error, inflated) => {
      ended();
      done(error === null ? inflated : faultOf(error));
    });
  });
}

/** Decompresses a message while the caller waits: nothing of it is kept, nor waits for its turn. */
export function inflateAtOnce(message: Buffer, sizeMax: number): Inflated {
  try {
    return zlib.inflateRawSync(wholeOf(message), inflationTo(sizeMax));
  } catch (error) {
    return faultOf(error as NodeJS.ErrnoException);
  }
}

function wholeOf(message: Buffer): Buffer {
  return Buffer.concat([message, tail]);
}

function inflationTo(sizeMax: number): zlib.ZlibOptions {
  return {
    finishFlush: zlib.constants.Z_SYNC_FLUSH,
    maxOutputLength: sizeMax,
    chunkSize: Math.min(sizeMax, INFLATED_CHUNK_SIZE),
  };
}

function faultOf({ code }: NodeJS.ErrnoException): "too-large" | "invalid" {
  return code === "ERR_BUFFER_TOO_LARGE" ? "too-large" : "invalid";
}

function withoutTail(deflated: Buffer): Buffer {
  return deflated.subarray(0, deflated.length - tail.length);
}

/** What waits for its turn. */
const queue = {
  runningCount: 0,
  waiting: [] as ((ended: () => void) => void)[],

  run(work: (ended: () => void) => void): void {
    if (this.runningCount >= CONCURRENT_DEFLATES) {
      this.waiting.push(work);
      return;
    }
    this.runningCount += 1;
    work(() => {
      this.runningCount -= 1;
      const next = this.waiting.shift();
      if (next !== undefined) this.run(next);
    });
  },
};
