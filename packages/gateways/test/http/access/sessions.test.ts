import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { StandingClock } from "@oxbow/testkit/clock";
import { Sessions } from "../../../src/http/access/sessions.ts";
import { httpLimits } from "../../../src/http/limits.ts";
import { StandingConnection } from "../standing-connection.ts";

const ann = { user: "ann", account: "$G", address: "127.0.0.1", userAgent: "test" };
const bob = { ...ann, user: "bob" };

function scene(limits: Partial<typeof httpLimits> = {}): {
  readonly clock: StandingClock;
  readonly sessions: Sessions;
  begin(origin?: typeof ann): { readonly secret: string; readonly connection: StandingConnection };
} {
  const clock = new StandingClock();
  const sessions = new Sessions(clock, { ...httpLimits, ...limits });
  const begin = (origin = ann) => {
    const connection = new StandingConnection();
    return { secret: sessions.begin(connection.asConnection, origin).secret, connection };
  };
  return { clock, sessions, begin };
}

suite("Sessions", () => {
  test("are found by a secret of 256 bits, and by nothing that is shown of them", () => {
    const { sessions, begin } = scene();
    const { secret } = begin();
    assert.equal(Buffer.from(secret, "base64url").length, 32);
    assert.equal(sessions.find(secret)?.session.user, "ann");
    assert.ok(!JSON.stringify(sessions.of(ann)).includes(secret));
    assert.equal(sessions.find(sessions.of(ann)[0]?.id ?? ""), undefined);
  });

  test("end when nothing is asked for in them, and in any case after a time", () => {
    const { clock, sessions, begin } = scene();
    const { secret, connection } = begin();
    const { sessionIdleMs, sessionMs } = httpLimits;
    for (let ms = 0; ms < sessionMs - sessionIdleMs; ms += sessionIdleMs - 1) {
      assert.ok(sessions.find(secret) !== undefined, `after ${ms} ms`);
      clock.advance(sessionIdleMs - 1);
    }
    clock.advance(sessionIdleMs);
    assert.equal(sessions.find(secret), undefined);
    assert.ok(connection.isOver);

    const idle = begin();
    clock.advance(sessionIdleMs);
    assert.equal(sessions.find(idle.secret), undefined);
  });

  test("end with their connection", async () => {
    const { sessions, begin } = scene();
    const { secret, connection } = begin();
    await connection.close();
    await new Promise(setImmediate);
    assert.equal(sessions.find(secret), undefined);
  });

  test("are ended by their user, and by nobody else", () => {
    const { sessions, begin } = scene();
    const { secret } = begin();
    const [{ id } = { id: "" }] = sessions.of(ann);
    assert.equal(sessions.end(bob, id), false);
    assert.ok(sessions.find(secret) !== undefined);
    assert.equal(sessions.end(ann, id), true);
    assert.equal(sessions.find(secret), undefined);
  });

  test("beyond a bound, the one seen longest ago ends: of the user first, then of all", () => {
    const { sessions, begin } = scene({ userSessionsMax: 2, sessionsMax: 3 });
    const first = begin();
    const second = begin();
    sessions.find(first.secret);
    begin();
    assert.ok(second.connection.isOver && !first.connection.isOver);
    begin(bob);
    begin({ ...bob, user: "eve" });
    assert.ok(first.connection.isOver);
    assert.equal(sessions.of(ann).length + sessions.of(bob).length, 2);
  });
});
