import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import type { WebSocket } from "@fastify/websocket";
import { StandingClock } from "@oxbow/testkit/clock";
import { LiveTail } from "../../../src/http/messages/live-tail.ts";

/** A WebSocket that takes nothing unless it is told to. */
class StuckSocket extends EventEmitter {
  readonly CLOSING = 2;
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  pings = 0;
  isTerminated = false;

  send(text: string): void {
    this.sent.push(text);
    this.bufferedAmount += text.length;
  }

  ping(): void {
    this.pings++;
  }

  terminate(): void {
    this.isTerminated = true;
    this.readyState = 3;
    this.emit("close");
  }
}

function opened(): { socket: StuckSocket; clock: StandingClock; tail: LiveTail } {
  const socket = new StuckSocket();
  const clock = new StandingClock();
  const limits = { bufferBytesMax: 100, heartbeatMs: 1_000 };
  return { socket, clock, tail: new LiveTail(socket as unknown as WebSocket, clock, limits) };
}

test("who does not take messages gets no more than a few, and hears how many were left out", async () => {
  const { socket, tail } = opened();
  let made = 0;
  const show = (): Promise<void> =>
    tail.show(() => Promise.resolve({ id: ++made, text: "x".repeat(60) }));
  for (let i = 0; i < 10; i++) await show();
  assert.deepEqual([socket.sent.length, made], [1, 1]);
  socket.bufferedAmount = 0;
  await show();
  assert.deepEqual(
    socket.sent.slice(1).map((text) => JSON.parse(text).type),
    ["dropped", "message"],
  );
  assert.equal(JSON.parse(socket.sent[1] ?? "").count, 9);
});

test("what was left out is told also if nothing comes any more", async () => {
  const { socket, clock, tail } = opened();
  socket.bufferedAmount = 100;
  await tail.show(() => Promise.resolve({}));
  socket.bufferedAmount = 0;
  clock.advance(1_000);
  assert.deepEqual(socket.sent, ['{"type":"dropped","count":1}']);
});

test("who has gone without a word is found out", () => {
  const { socket, clock, tail } = opened();
  clock.advance(1_000);
  socket.emit("pong");
  clock.advance(1_000);
  assert.deepEqual([socket.pings, tail.isOver], [2, false]);
  clock.advance(1_000);
  assert.deepEqual([socket.isTerminated, tail.isOver], [true, true]);
});
