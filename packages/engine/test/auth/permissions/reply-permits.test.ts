import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ReplyPermits, replyPermitsMax } from "../../../src/auth/permissions/reply-permits.ts";
import { ManualClock } from "../../connection/test-host.ts";

function scene(countMax: number, expiresMs: number) {
  const clock = new ManualClock();
  const permits = new ReplyPermits({ countMax, expiresMs }, clock);
  return {
    clock,
    permits,
    grant: (subject: string): void => permits.grant(Buffer.from(subject), 0, subject.length),
    use: (subject: string): boolean => permits.use(Buffer.from(subject), 0, subject.length),
  };
}

suite("the permit to answer", () => {
  test("is for one subject, and used up", () => {
    const { grant, use, permits } = scene(2, 1_000);
    grant("a");
    assert.equal(use("b"), false);
    assert.equal(use("a"), true);
    assert.equal(use("a"), true);
    assert.equal(use("a"), false);
    assert.equal(permits.size, 0);
  });

  test("expires", () => {
    const { clock, grant, use, permits } = scene(-1, 1_000);
    grant("a");
    clock.advance(1_000);
    assert.equal(use("a"), true);
    clock.advance(1);
    assert.equal(use("a"), false);
    assert.equal(permits.size, 0);
  });

  test("begins anew with each message", () => {
    const { clock, grant, use } = scene(1, 1_000);
    grant("a");
    clock.advance(900);
    grant("a");
    clock.advance(900);
    assert.equal(use("a"), true);
  });

  test("may have no limits", () => {
    const { clock, grant, use } = scene(-1, -1);
    grant("a");
    clock.advance(10 ** 9);
    for (let time = 0; time < 100; time++) assert.equal(use("a"), true);
  });

  test("is forgotten when it has expired, without being used", () => {
    const { clock, grant, permits } = scene(1, 1_000);
    for (let index = 0; index < 100; index++) grant(`a.${index}`);
    clock.advance(1_001);
    grant("b");
    assert.equal(permits.size, 1);
  });

  test("of the oldest message is lost where there are too many", () => {
    const { grant, use, permits } = scene(1, -1);
    for (let index = 0; index <= replyPermitsMax; index++) grant(`a.${index}`);
    assert.equal(permits.size, replyPermitsMax);
    assert.equal(use("a.0"), false);
    assert.equal(use("a.1"), true);
  });
});
