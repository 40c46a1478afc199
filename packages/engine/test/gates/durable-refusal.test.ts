import assert from "node:assert/strict";
import { test } from "node:test";
import { AccountGates } from "../../src/gates/account-gates.ts";
import { type TestJetStream, withJetStream } from "../jetstream/support/test-jetstream.ts";
import { textGate } from "./support.ts";

/** Streams in files, of which S is gated. */
async function prepare(server: TestJetStream): Promise<void> {
  await server.ok("STREAM.CREATE.S", { name: "S", subjects: ["s.>"] });
  await server.ok("STREAM.CREATE.DEAD", { name: "DEAD", subjects: ["dead.*"] });
  const { random, logger } = server.host;
  server.account.gates = new AccountGates(random, logger);
  server.account.gates.set("S", textGate("S", ["s.>"]));
}

const refusal = {
  error: { code: 400, err_code: 20001, description: "S: bad" },
  stream: "S",
  seq: 0,
};

test("who is told of a refusal finds the dead letter, whatever happens then", () =>
  withJetStream(async (server) => {
    await prepare(server);
    const answer = server.ask("s.a", "bad");
    assert.equal(answer.received.length, 0, "not durable yet");
    assert.deepEqual(JSON.parse((await answer.next()).payload), refusal);
    const again = await server.crash();
    assert.equal((await again.ok("STREAM.INFO.DEAD")).state.messages, 1);
    assert.equal((await again.ok("STREAM.INFO.S")).state.messages, 0);
    return again;
  }));

test("answers come in the order of the messages, be they let in, refused or diverted", () =>
  withJetStream(async (server) => {
    await prepare(server);
    const inbox = server.subscribe("in");
    for (const payload of ["good", "bad", "odd", "good"]) server.send("s.a", payload, {}, "in");
    const answers = (await inbox.take(4)).map(({ payload }) => JSON.parse(payload));
    assert.deepEqual(answers, [
      { stream: "S", seq: 1 },
      refusal,
      { stream: "DEAD", seq: 2 },
      { stream: "S", seq: 2 },
    ]);
  }));

test("without dead letters a refusal is answered at once", () =>
  withJetStream(async (server) => {
    await prepare(server);
    await server.ok("STREAM.DELETE.DEAD");
    const answer = server.ask("s.a", "bad");
    assert.deepEqual(JSON.parse(answer.received[0]?.payload ?? ""), refusal);
  }));
