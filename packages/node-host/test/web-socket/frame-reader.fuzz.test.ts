import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type FrameHandler, FrameReader } from "../../src/web-socket/frame-reader.ts";

const deflatedSizeMax = 1_000;

/** Writes down what a reader finds; bytes that are not compressed are put together. */
class Log implements FrameHandler {
  readonly calls: string[] = [];
  #data = "";

  onData(bytes: Buffer): void {
    this.#data += bytes.toString("hex");
  }
  onDeflated(message: Buffer): void {
    this.#note(`deflated ${message.toString("hex")}`);
  }
  onPing(payload: Buffer): void {
    this.#note(`ping ${payload.toString("hex")}`);
  }
  onClose(status: number | undefined): void {
    this.#note(`close ${status}`);
  }
  onFault(status: number): void {
    this.#note(`fault ${status}`);
  }

  end(): readonly string[] {
    this.#note("end");
    return this.calls;
  }

  #note(call: string): void {
    if (this.#data !== "") this.calls.push(`data ${this.#data}`);
    this.#data = "";
    this.calls.push(call);
  }
}

/** A frame of a client; its length is written in the shortest form, or in eight bytes. */
function frame(first: number, payload: Buffer, mask: number, isLong: boolean): Buffer {
  const head = Buffer.alloc(14);
  head[0] = first;
  let size = 2;
  if (isLong || payload.length > 0xffff) {
    head[1] = 0xff;
    head.writeUIntBE(payload.length, 4, 6);
    size = 10;
  } else if (payload.length > 125) {
    head[1] = 0xfe;
    head.writeUInt16BE(payload.length, 2);
    size = 4;
  } else head[1] = 0x80 | payload.length;
  head.writeUInt32BE(mask, size);
  const key = head.subarray(size, size + 4);
  return Buffer.concat([
    head.subarray(0, size + 4),
    payload.map((byte, at) => byte ^ (key[at & 3] as number)),
  ]);
}

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc.nat(1_200).map((size) => Buffer.alloc(size, "x")),
);
const mask = fc.nat(0xffff_ffff);
const anyFrame = fc
  .tuple(
    fc.oneof(fc.nat(255), fc.constantFrom(0x82, 0x02, 0x80, 0x00, 0xc2, 0x42, 0x89, 0x8a, 0x81)),
    payload,
    mask,
    fc.boolean(),
  )
  .map(([first, bytes, key, isLong]) => frame(first, bytes, key, isLong));
const goodMessage = fc
  .tuple(fc.constantFrom(0x02, 0x42), fc.array(payload, { minLength: 1, maxLength: 4 }), mask)
  .map(([first, parts, key]) => {
    const last = parts.length - 1;
    return Buffer.concat(
      parts.map((part, at) =>
        frame((at === 0 ? first : 0) | (at === last ? 0x80 : 0), part, key, at % 2 === 1),
      ),
    );
  });
const mutated = fc
  .tuple(goodMessage, fc.nat(), fc.nat(255))
  .map(([bytes, at, byte]) =>
    Buffer.from(bytes).fill(byte, at % bytes.length, (at % bytes.length) + 1),
  );
const stream = fc
  .array(
    fc.oneof(goodMessage, anyFrame, mutated, fc.uint8Array({ maxLength: 30 }).map(Buffer.from)),
    { maxLength: 6 },
  )
  .map((pieces) => Buffer.concat(pieces as Buffer[]));
const chunkSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

function makeReader(handler: FrameHandler): FrameReader {
  return new FrameReader(handler, { compression: true, deflatedSizeMax });
}

test("any bytes in any chunks are read as in one, and no more than the limit is kept", () => {
  fc.assert(
    fc.property(stream, chunkSizes, (bytes, sizes) => {
      const whole = new Log();
      const copy = Buffer.from(bytes);
      assert.equal(makeReader(whole).read(copy), copy.length);
      const cut = new Log();
      const reader = makeReader(cut);
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const chunk = Buffer.from(bytes.subarray(at, at + (sizes[turn % sizes.length] as number)));
        assert.equal(reader.read(chunk), chunk.length);
        assert.ok(reader.bufferedBytes <= deflatedSizeMax + 14 + 125);
        at += chunk.length;
      }
      assert.deepEqual(cut.end(), whole.end());
      const faults = cut.calls.filter((call) => /^(?:fault|close)/.test(call));
      assert.ok(faults.length <= 1);
    }),
    { numRuns: 3_000 },
  );
});

test("every place at which a message can be cut", () => {
  const bytes = Buffer.concat([
    frame(0x02, Buffer.from("abc"), 0x01020304, false),
    frame(0x89, Buffer.from("p"), 0xa0b0c0d0, false),
    frame(0x80, Buffer.alloc(200, "d"), 0x00ff00ff, true),
    frame(0x42, Buffer.from("def"), 7, false),
    frame(0x80, Buffer.alloc(300, "l"), 9, false),
    frame(0x88, Buffer.from([0x03, 0xe8]), 0, false),
  ]);
  const whole = new Log();
  makeReader(whole).read(Buffer.from(bytes));
  whole.end();
  for (let at = 1; at < bytes.length; at++) {
    const cut = new Log();
    const reader = makeReader(cut);
    reader.read(Buffer.from(bytes.subarray(0, at)));
    reader.read(Buffer.from(bytes.subarray(at)));
    assert.deepEqual(cut.end(), whole.calls, `cut at ${at}`);
  }
});

test("a reader that is suspended stops, and goes on where it was", () => {
  fc.assert(
    fc.property(stream, (bytes) => {
      const whole = new Log();
      makeReader(whole).read(Buffer.from(bytes));
      const log = new Log();
      const handler: FrameHandler = {
        onData: (data) => {
          log.onData(data);
          reader.suspend();
        },
        onDeflated: (message) => {
          log.onDeflated(message);
          reader.suspend();
        },
        onPing: (data) => log.onPing(data),
        onClose: (status) => log.onClose(status),
        onFault: (status) => log.onFault(status),
      };
      const reader = makeReader(handler);
      const chunk = Buffer.from(bytes);
      for (let at = 0; at < chunk.length; ) at = reader.read(chunk, at);
      assert.deepEqual(log.end(), whole.end());
    }),
  );
});

test("class B (CVE-2026-27889): no length of a frame is more than it says, or ends the reader", () => {
  for (const declared of [2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]) {
    for (const first of [0x82, 0xc2]) {
      const head = Buffer.alloc(14);
      head[0] = first;
      head[1] = 0xff;
      head.writeBigUInt64BE(declared, 2);
      const log = new Log();
      const reader = makeReader(log);
      reader.read(head);
      assert.deepEqual(log.end(), ["fault 1009", "end"]);
      assert.equal(reader.bufferedBytes, 0);
    }
  }
});
