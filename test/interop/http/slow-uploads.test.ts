import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { jetstreamManager } from "@nats-io/jetstream";
import { HttpGateway } from "@oxbow/gateways/http";
import { StandingClock } from "@oxbow/testkit/clock";
import { Scene } from "../users/scene.ts";

/**
 * Goal: an upload that takes long is not cut off while it goes on, and one that stands still leaves nothing. Method: the
 * gateway by a clock that stands, before a server.
 */
test("an upload may take minutes, and what stops coming is not stored", async () => {
  await using scene = await Scene.open();
  const clock = new StandingClock();
  const logger = { ...console, info: () => {}, debug: () => {}, warn: () => {}, trace: () => {} };
  await using gateway = await HttpGateway.open({
    clock,
    logger: logger as never,
    version: "0",
    engine: {
      isOpen: true,
      hasUsers: false,
      owner: undefined,
      connectAs: () => scene.connect(),
    },
  });
  const door = createServer((socket) => gateway.accept(socket));
  door.listen(0, "127.0.0.1");
  using _ = { [Symbol.dispose]: () => door.close() };
  await once(door, "listening");
  const { port } = door.address() as AddressInfo;
  const manager = await jetstreamManager(await scene.connect());
  const put = (path: string): ClientRequest =>
    request({ port, method: "PUT", path: `/api/v1/objects/${path}`, agent: false });
  const answerOf = async (asked: ClientRequest): Promise<IncomingMessage> => {
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.resume();
    return answer;
  };
  const made = put("files");
  made.end();
  assert.equal((await answerOf(made)).statusCode, 200);

  // A connection is read by 64 KiB, of which the first come before it is known what for.
  const piece = Buffer.alloc(256 * 1024, "a");
  const stored = async () => (await manager.streams.info("OBJ_files")).state.messages;
  /** Sends two pieces, and resolves once they are stored. */
  const send = async (asked: ClientRequest): Promise<void> => {
    const before = await stored();
    asked.write(piece);
    while ((await stored()) < before + 2);
  };
  const slow = put("files/objects/slow");
  for (let i = 0; i < 10; i++) {
    await send(slow);
    clock.advance(31_000);
  }
  slow.end();
  assert.equal((await answerOf(slow)).statusCode, 200);

  const stuck = put("files/objects/stuck");
  const failed = once(stuck, "error");
  await send(stuck);
  clock.advance(31_000);
  clock.advance(31_000);
  await failed;
  // Of the first there are twenty pieces, and what describes it.
  while ((await stored()) > 21);
});
