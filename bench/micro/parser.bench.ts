/**
 * Cost of the NATS codec on its hot paths, in ns per operation:
 *
 *     node bench/micro/parser.bench.ts [milliseconds per case, default 500]
 *
 * The parser gets chunks of 64 KiB, as a socket delivers them, cut from a long stream of equal messages, so that
 * nearly every chunk ends within one. Each case runs in short rounds; the best is printed, which is the one that the rest
 * of the machine disturbed least.
 */
import {
  type ClientHandler,
  ClientParser,
  copyBytes,
  findHeader,
  HeaderScanner,
  messageHeadSizeMax,
  writeMessageHead,
} from "@oxbow/wire/nats";

const CHUNK_SIZE = 64 * 1024;
const ROUND_COUNT = 25;
const BATCH_SIZE = 1000;
const caseMs = Number(process.argv[2] ?? 500);

/** Keeps results in use, so that the optimiser cannot drop the work. Wraps: a number beyond 32 bits would be boxed. */
let sink = 0;

class Counter implements ClientHandler {
  count = 0;
  onPublish(
    _buffer: Buffer,
    subjectStart: number,
    subjectEnd: number,
    replyStart: number,
    replyEnd: number,
    headersSize: number,
    payloadStart: number,
    payloadEnd: number,
  ): void {
    this.count++;
    const fieldsSize = subjectEnd - subjectStart + replyEnd - replyStart + headersSize;
    sink = (sink + fieldsSize + payloadEnd - payloadStart) | 0;
  }
  onSubscribe(): void {
    this.count++;
  }
  onUnsubscribe(): void {
    this.count++;
  }
  onConnect(): void {}
  onInfo(): void {}
  onPing(): void {
    this.count++;
  }
  onPong(): void {}
  onProtocolError(kind: string): void {
    throw new Error(kind);
  }
}

/** Prints the cost of one operation of `run`, which does some and returns how many. */
function measure(name: string, size: number, run: () => number): void {
  const roundNs = BigInt(Math.round((caseMs * 1e6) / ROUND_COUNT));
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUND_COUNT; round++) {
    let count = 0;
    const startedAt = process.hrtime.bigint();
    let now = startedAt;
    while (now - startedAt < roundNs) {
      count += run();
      now = process.hrtime.bigint();
    }
    best = Math.min(best, Number(now - startedAt) / count);
  }
  const rate = `${(size / best).toFixed(2)} GB/s`;
  console.log(`${name.padEnd(40)}${best.toFixed(1).padStart(8)} ns${rate.padStart(14)}`);
}

/** At least eight chunks of repeated `message`, the last one ending with a whole message. */
function chunksOf(message: string): Buffer[] {
  const stream = Buffer.from(message.repeat(Math.ceil((8 * CHUNK_SIZE) / message.length)));
  const chunks: Buffer[] = [];
  for (let at = 0; at < stream.length; at += CHUNK_SIZE) {
    chunks.push(stream.subarray(at, Math.min(at + CHUNK_SIZE, stream.length)));
  }
  return chunks;
}

function measureParser(name: string, message: string): void {
  const counter = new Counter();
  const parser = new ClientParser(counter, { controlLineMax: 4096, payloadMax: 1024 * 1024 });
  const chunks = chunksOf(message);
  measure(`parse ${name}`, message.length, () => {
    const countBefore = counter.count;
    for (const chunk of chunks) parser.parse(chunk);
    return counter.count - countBefore;
  });
}

/** The same call `BATCH_SIZE` times, so that reading the clock does not count. */
function measureCall(name: string, size: number, call: (i: number) => number): void {
  measure(name, size, () => {
    for (let i = 0; i < BATCH_SIZE; i++) sink = (sink + call(i)) | 0;
    return BATCH_SIZE;
  });
}

const payload = (size: number): string => "x".repeat(size);
const reply = "_INBOX.abcdefghij.123";

measureParser("PUB 128 B, subject of 4", `PUB subj 128\r\n${payload(128)}\r\n`);
for (const size of [16, 128, 1024, 16 * 1024]) {
  measureParser(`PUB ${size} B`, `PUB orders.eu.1234 ${size}\r\n${payload(size)}\r\n`);
}
measureParser("PUB 128 B, reply", `PUB orders.eu.1234 ${reply} 128\r\n${payload(128)}\r\n`);
measureParser("HPUB 50 + 128 B, reply", `HPUB orders.eu.1 ${reply} 50 178\r\n${payload(178)}\r\n`);
measureParser("PUB 128 B, not plain", `PUB  orders.eu.1234 128\r\n${payload(128)}\r\n`);
measureParser("SUB", "SUB orders.*.> 12\r\n");
measureParser("PING", "PING\r\n");

const target = Buffer.allocUnsafeSlow(CHUNK_SIZE);
const source = Buffer.from(payload(CHUNK_SIZE));
for (const size of [8, 16, 24, 25, 64, 128, 1024]) {
  measureCall(`copyBytes ${size} B`, size, (i) => copyBytes(source, i, i + size, target, i));
}

const subject = Buffer.from("orders.eu.1234");
const sid = Buffer.from("12");
const headSize = messageHeadSizeMax(subject.length, sid.length, 0);
measureCall("writeMessageHead", headSize, (i) =>
  writeMessageHead(target, i, subject, 0, 14, sid, 0, 2, subject, 0, 0, 0, 128, false),
);

const plainBlock = Buffer.from("NATS/1.0\r\ntrace-id: 0123456789abcdef\r\n\r\n");
const idBlock = Buffer.from("NATS/1.0\r\ntrace-id: 0123456789abcdef\r\nNats-Msg-Id: 42\r\n\r\n");
const messageId = Buffer.from("Nats-Msg-Id");
const value = { start: 0, end: 0 };
const scanner = new HeaderScanner();
for (const [name, block] of [
  ["without reserved names", plainBlock],
  ["with Nats-Msg-Id", idBlock],
] as const) {
  measureCall(`scan headers ${name}`, block.length, () => {
    scanner.reset(block, 0, block.length);
    let found = 0;
    while (scanner.nextReserved()) if (scanner.nameIs(messageId)) found += scanner.valueStart;
    return found;
  });
  measureCall(`find header ${name}`, block.length, () =>
    findHeader(block, 0, block.length, messageId, value) ? value.start : 0,
  );
}
if (sink === -1) console.log(sink);
