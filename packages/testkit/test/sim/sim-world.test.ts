import assert from "node:assert/strict";
import { test } from "node:test";
import { promisify } from "node:util";
import type { Socket } from "@oxbow/base";
import { type SimHost, SimWorld, simulate } from "@oxbow/testkit";

/** A small echo service that commits what it hears, and a client: touches every port. */
async function scenario(world: SimWorld): Promise<string> {
  const host = world.host({ name: "server" });
  const client = world.host({ name: "client" });
  let echoed = "";
  await world.play(async () => {
    await serve(host);
    const socket = await client.net.connect(4222);
    await new Promise<void>((resolve) => {
      socket.attach({
        onData: (chunk) => {
          echoed += chunk.toString();
          if (echoed.length === 50) resolve();
        },
        onDrain: () => {},
        onClose: () => {},
      });
      for (let i = 0; i < 10; i += 1) socket.write(Buffer.from(`msg-${i}`.padEnd(5)));
    });
    await client.clock.advance(10 * client.random.below(10));
  });
  return echoed;
}

async function serve(host: SimHost): Promise<void> {
  await host.disk.makeDirectory("DATA", "/data");
  const file = await host.disk.open("DATA", "/data/log", "create");
  let position = 0;
  await host.net.listen({ host: "127.0.0.1", port: 4222 }, (socket: Socket) => {
    socket.attach({
      onData: (chunk) => {
        host.clock.afterTurn(() => {
          file.commit("DATA:APPEND", [chunk], position, () => socket.write(chunk));
          position += chunk.length;
        });
      },
      onDrain: () => {},
      onClose: () => {},
    });
  });
}

test("a seed run twice goes the same way, event by event", async () => {
  const fingerprints = new Set<string>();
  for (let seed = 1; seed <= 20; seed += 1) {
    const first = new SimWorld(seed, { trace: true });
    const second = new SimWorld(seed, { trace: true });
    assert.equal(await scenario(first), await scenario(second));
    assert.deepEqual(first.trace, second.trace);
    assert.equal(first.fingerprint, second.fingerprint);
    fingerprints.add(first.fingerprint);
  }
  assert.equal(fingerprints.size, 20, "different seeds go different ways");
});

test("code that waits for nothing is found out", async () => {
  const { world } = simulate(1);
  await assert.rejects(
    world.play(() => new Promise(() => {})),
    /nothing is left to happen/,
  );
});

test("code that takes for ever is stopped", async () => {
  const { world, host } = simulate(1);
  const tick = (): void => void host.clock.setTimer(1000, tick);
  tick();
  await assert.rejects(
    world.play(() => new Promise(() => {}), 60_000),
    /longer than 60000 ms/,
  );
});

test("an error thrown by an event ends the run", async () => {
  const { host } = simulate(1);
  host.clock.setTimer(1, () => {
    throw new Error("found");
  });
  await assert.rejects(host.clock.advance(2), /found/);
});

test("play gives the result, and the failure, of its body", async () => {
  const { world } = simulate(1);
  assert.equal(await world.play(async () => 42), 42);
  await assert.rejects(
    world.play(async () => {
      throw new Error("refused");
    }),
    /refused/,
  );
});

test("nothing reaches a process that has crashed", async () => {
  const { world, host } = simulate(1);
  host.clock.setTimer(1, () => assert.fail("a timer fired"));
  host.clock.afterTurn(() => assert.fail("a turn ran"));
  host.disk.makeDirectory("DATA", "/data").then(
    () => assert.fail("a disk operation ended"),
    () => assert.fail("a disk operation failed"),
  );
  host.crash();
  assert.equal(await world.run(), "idle");
});

test("a run can stop after any event, for a crash at each of them", async () => {
  const { world, host } = simulate(1);
  void host.disk.makeDirectory("DATA", "/data").then(async () => {
    const file = await host.disk.open("DATA", "/data/log", "create");
    await promisify(file.commit.bind(file, "DATA"))([Buffer.from("x")], 0);
  });
  const ends: string[] = [];
  while (ends.at(-1) !== "idle") ends.push(await world.run({ events: 1 }));
  assert.deepEqual(ends, ["events", "events", "events", "idle"]);
  assert.equal(world.eventCount, 3);
});
