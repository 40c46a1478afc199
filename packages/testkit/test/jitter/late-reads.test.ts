import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, Socket } from "node:net";
import { after, before, test } from "node:test";
import { SimRandom } from "@oxbow/testkit";
import { delayReads } from "../../src/jitter/late-reads.ts";

let server: Server;
let restore: () => void;
/** Bytes that the server sends to everybody. */
let sent = Buffer.alloc(0);

before(async () => {
  restore = delayReads(new SimRandom(1));
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end(sent);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

after(() => {
  restore();
  server.close();
});

function dial(): Socket {
  return connect((server.address() as AddressInfo).port, "127.0.0.1");
}

test("every byte comes, in order, in more pieces than were sent, and then the end", async () => {
  for (const size of [1, 2, 1_000, 300_000]) {
    sent = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7) % 251));
    const pieces: Buffer[] = [];
    for await (const piece of dial()) pieces.push(piece as Buffer);
    assert.ok(Buffer.concat(pieces).equals(sent));
    if (size === 1_000) assert.ok(pieces.length > 1);
  }
});

test("a socket that nobody reads from is not read from, and says that it has closed", async () => {
  sent = Buffer.alloc(20_000_000);
  const socket = dial();
  await once(socket, "readable");
  const other = dial();
  for await (const _ of other);
  assert.ok(socket.bytesRead < sent.length / 2, `${socket.bytesRead} were read`);
  let count = 0;
  for await (const piece of socket) count += (piece as Buffer).length;
  assert.equal(count, sent.length);
  sent = Buffer.alloc(0);
  const silent = dial();
  await once(silent, "close");
});

test("the same seed cuts in the same way", async () => {
  restore();
  const chunk = Buffer.from("one\r\ntwo\r\nthree\r\n".repeat(50));
  const sizes = async (seed: string): Promise<number[]> => {
    const end = delayReads(new SimRandom(seed));
    const socket = new Socket({ readable: true });
    const all: number[] = [];
    socket.on("data", (piece: Buffer) => all.push(piece.length));
    for (const each of [chunk, chunk, null]) socket.push(each);
    await once(socket, "end");
    end();
    return all;
  };
  const first = await sizes("again");
  assert.deepEqual(await sizes("again"), first);
  assert.notDeepEqual(await sizes("another"), first);
});
