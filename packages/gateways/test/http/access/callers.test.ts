import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { errors } from "@nats-io/nats-core";
import { StandingClock } from "@oxbow/testkit/clock";
import { Callers, isRefusal, isUndecided } from "../../../src/http/access/callers.ts";
import { httpLimits } from "../../../src/http/limits.ts";
import { explained } from "../../../src/http/problems/explained.ts";
import { StandingConnection } from "../standing-connection.ts";

const home = { address: "127.0.0.1", port: 1 };
const away = { address: "192.0.2.1", port: 1 };

function scene(callersMax = 10): {
  readonly clock: StandingClock;
  readonly callers: Callers;
  readonly made: StandingConnection[];
} {
  const clock = new StandingClock();
  const made: StandingConnection[] = [];
  const engine = {
    isOpen: false,
    hasUsers: true,
    owner: undefined,
    connectAs: ({ token }: { readonly token?: string }) => {
      if (token === "late") {
        return Promise.reject(new errors.AuthorizationError("Authentication Timeout"));
      }
      if (token === "wrong") return Promise.reject(new errors.AuthorizationError("no"));
      made.push(new StandingConnection());
      return Promise.resolve(made.at(-1)!.asConnection);
    },
  };
  return { clock, made, callers: new Callers(engine, clock, { ...httpLimits, callersMax }) };
}

suite("Callers", () => {
  test("one connection for the same credentials at the same address", async () => {
    const { callers, made } = scene();
    const first = await callers.of({ token: "a" }, home);
    assert.equal(await callers.of({ token: "a" }, { ...home, port: 2 }), first);
    await callers.of({ token: "b" }, home);
    await callers.of({ token: "a" }, away);
    assert.equal(made.length, 3);
  });

  test("credentials that are not right are asked about each time", async () => {
    const { callers } = scene();
    for (let i = 0; i < 2; i++) {
      await assert.rejects(async () => callers.of({ token: "wrong" }, home), {
        code: "LOGIN_FAILED",
      });
    }
    await new Promise(setImmediate);
    assert.equal(callers.size, 0);
  });

  test("what the engine had no time to decide is no refusal, and can be asked again", async () => {
    const { callers } = scene();
    let late: Error | undefined;
    try {
      await callers.of({ token: "late" }, home);
    } catch (error) {
      late = error as Error;
    }
    assert.ok(late !== undefined && isUndecided(late) && !isRefusal(late));
    const { error } = explained(late);
    assert.deepEqual([error.code, error.retryable], ["API_UNAVAILABLE", true]);
  });

  test("what the engine has ended is not used again", async () => {
    const { callers, made } = scene();
    const first = await callers.of({ token: "a" }, home);
    await made[0]?.close();
    await new Promise(setImmediate);
    assert.notEqual(await callers.of({ token: "a" }, home), first);
  });

  test("what nobody uses is closed after a while, and what is used is not", async () => {
    const { callers, clock, made } = scene();
    await callers.of({ token: "idle" }, home);
    await callers.of({ token: "used" }, home);
    clock.advance(httpLimits.callerIdleMs / 2);
    await callers.of({ token: "used" }, home);
    clock.advance(httpLimits.callerIdleMs / 2);
    await new Promise(setImmediate);
    assert.deepEqual(
      made.map(({ isOver }) => isOver),
      [true, false],
    );
    clock.advance(2 * httpLimits.callerIdleMs);
    await new Promise(setImmediate);
    assert.equal(callers.size, 0);
  });

  test("what streams for long is in use for as long as somebody reads", async () => {
    const { callers, clock, made } = scene();
    const caller = await callers.of({ token: "tail" }, home);
    const end = caller.begin();
    await new Promise(setImmediate);
    clock.advance(5 * httpLimits.callerIdleMs);
    await new Promise(setImmediate);
    assert.equal(made[0]?.isOver, false);
    end();
    clock.advance(httpLimits.callerIdleMs);
    await new Promise(setImmediate);
    assert.equal(made[0]?.isOver, true);
  });

  test("beyond the bound, the one that was used longest ago goes", async () => {
    const { callers, made } = scene(2);
    await callers.of({ token: "a" }, home);
    await callers.of({ token: "b" }, home);
    await callers.of({ token: "a" }, home);
    await callers.of({ token: "c" }, home);
    await new Promise(setImmediate);
    assert.deepEqual(
      made.map(({ isOver }) => isOver),
      [false, true, false],
    );
    await callers.close();
    assert.ok(made.every(({ isOver }) => isOver));
  });
});
