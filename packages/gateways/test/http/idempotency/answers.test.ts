import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { StandingClock } from "@oxbow/testkit/clock";
import { type AnswerLimits, Answers } from "../../../src/http/idempotency/answers.ts";
import { answerLimits } from "../../../src/http/idempotency/limits.ts";

const answer = { status: 200, type: "application/json", body: '{"secret":1}' };

function scene(limits: Partial<AnswerLimits> = {}): { clock: StandingClock; answers: Answers } {
  const clock = new StandingClock();
  return { clock, answers: new Answers(clock, { ...answerLimits, ...limits }) };
}

suite("Answers", () => {
  test("are given again to the same request, and refused to another with its key", () => {
    const { answers } = scene();
    assert.equal(answers.begin("k", "one"), undefined);
    assert.throws(() => answers.begin("k", "one"), { code: "IDEMPOTENCY_KEY_BUSY" });
    assert.throws(() => answers.begin("k", "other"), { code: "IDEMPOTENCY_KEY_REUSED" });
    answers.keep("k", "one", answer);
    assert.deepEqual(answers.begin("k", "one"), answer);
    assert.throws(() => answers.begin("k", "other"), { code: "IDEMPOTENCY_KEY_REUSED" });
    answers.forget("k");
    assert.equal(answers.begin("k", "other"), undefined);
  });

  test("are forgotten after a time, as is what is never answered", () => {
    const { clock, answers } = scene();
    answers.begin("stuck", "one");
    answers.begin("k", "one");
    answers.keep("k", "one", answer);
    clock.advance(answerLimits.underWayMs);
    assert.equal(answers.begin("stuck", "one"), undefined);
    clock.advance(answerLimits.answerMs);
    assert.equal(answers.begin("k", "other"), undefined);
  });

  test("are bounded in number and size, and the oldest goes first", () => {
    const few = scene({ answersMax: 2 }).answers;
    for (const key of ["a", "b", "c"]) {
      few.begin(key, "one");
      few.keep(key, "one", answer);
    }
    assert.equal(few.count, 2);
    assert.equal(few.begin("a", "two"), undefined);
    const small = scene({ answersSizeMax: 30 }).answers;
    for (const key of ["a", "b", "c"]) {
      small.begin(key, "one");
      small.keep(key, "one", answer);
    }
    assert.deepEqual([small.count, small.begin("c", "one")], [2, answer]);
    for (let i = 0; i < 20; i++) few.begin(`${i}`, "one");
    assert.ok(few.count <= 3);
  });
});
