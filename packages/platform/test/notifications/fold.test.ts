import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Rule } from "oxbow/control";
import { notificationLimits } from "../../src/notifications/limits.ts";
import {
  type Finding,
  foldDue,
  foldEvents,
  foldFindings,
  type RuleEvent,
} from "../../src/notifications/rules/fold.ts";
import {
  newRuleState,
  type RuleState,
  readRuleState,
} from "../../src/notifications/rules/rule-state.ts";

const createdAt = "2026-01-01T00:00:00.000Z";
const startMs = Date.parse(createdAt);
const minuteMs = 60_000;
const rule: Rule = {
  name: "rule",
  description: "",
  when: "deadLetter",
  channels: ["ops"],
  stations: ["*"],
  groups: ["*"],
  lagMessagesMax: null,
  lagMsMax: null,
  idleMs: null,
  fullPercent: null,
  quietMs: 5 * minuteMs,
  isPaused: false,
  createdAt,
};
const fresh = newRuleState(createdAt);

function event(sequence: number, more: Partial<RuleEvent> = {}): RuleEvent {
  return {
    when: "deadLetter",
    source: "S",
    created: "c",
    sequence,
    atMs: startMs + sequence,
    station: "orders",
    group: "billing",
    of: "",
    state: "event",
    count: 1,
    title: "one",
    manyTitle: "of them",
    text: `text ${sequence}`,
    ...more,
  };
}

function titles({
  notices,
}: {
  readonly notices: readonly { title: string; state: string }[];
}): string[] {
  return notices.map(({ title, state }) => `${state} ${title}`);
}

describe("what happens", () => {
  test("is told once, and then counted until it is quiet no more", () => {
    const first = foldEvents(rule, fresh, [event(1), event(2)], startMs);
    assert.deepEqual(titles(first), ["event one"]);
    const second = foldEvents(rule, first.state, [event(3)], startMs + minuteMs);
    assert.deepEqual(titles(second), []);
    assert.deepEqual(titles(foldDue(rule, second.state, startMs + 4 * minuteMs)), []);
    const due = foldDue(rule, second.state, startMs + 5 * minuteMs);
    assert.deepEqual(titles(due), ["event 2 of them"]);
    assert.equal(due.notices[0]?.text, "text 3");
    assert.equal(due.notices[0]?.count, 2);
    const over = foldDue(rule, due.state, startMs + 10 * minuteMs);
    assert.deepEqual(over.notices, []);
    assert.deepEqual(over.state.things, {});
  });

  test("is the same notice when it is taken up again, and none when it was", () => {
    const once = foldEvents(rule, fresh, [event(1), event(2)], startMs);
    const again = foldEvents(rule, fresh, [event(1), event(2), event(3)], startMs + 9);
    assert.equal(once.notices[0]?.id, again.notices[0]?.id);
    const later = foldEvents(rule, once.state, [event(1), event(2)], startMs + 60 * minuteMs);
    assert.deepEqual(later, { state: once.state, notices: [] });
    const another = { ...rule, createdAt: "2026-01-01T00:00:00.001Z" };
    assert.notEqual(
      foldEvents(another, newRuleState(another.createdAt), [event(1)], startMs).notices[0]?.id,
      once.notices[0]?.id,
    );
  });

  test("in another stream of the name is something else", () => {
    const once = foldEvents(rule, fresh, [event(7)], startMs);
    const quiet = startMs + 6 * minuteMs;
    const anew = foldEvents(rule, once.state, [event(1, { created: "d" })], quiet);
    assert.equal(anew.notices.length, 1);
  });

  test("is told only if the rule is about it", () => {
    const about = (more: Partial<Rule>, happened: Partial<RuleEvent> = {}): number =>
      foldEvents({ ...rule, ...more }, fresh, [event(1, happened)], startMs).notices.length;
    assert.equal(about({ stations: ["prod.*", "ord*"] }), 1);
    assert.equal(about({ stations: ["prod.*"] }), 0);
    assert.equal(about({ groups: ["ship*"] }), 0);
    assert.equal(about({ groups: ["bill*"] }, { group: null }), 0);
    assert.equal(about({}, { group: null }), 1);
    assert.equal(about({}, { atMs: startMs - 1 }), 0);
    assert.equal(about({}, { when: "schemaRefused" }), 0);
  });

  test("while the rule is paused is never told", () => {
    const paused = foldEvents({ ...rule, isPaused: true }, fresh, [event(1)], startMs);
    assert.deepEqual(paused.notices, []);
    assert.deepEqual(foldEvents(rule, paused.state, [event(1)], startMs).notices, []);
  });

  test("to more things than are told of apart is counted together", () => {
    let state: RuleState = fresh;
    let count = 0;
    for (let each = 1; each <= notificationLimits.thingsMax + 10; each++) {
      const folded = foldEvents(rule, state, [event(each, { station: `s${each}` })], startMs);
      state = folded.state;
      count += folded.notices.length;
    }
    assert.equal(count, notificationLimits.thingsMax + 1);
    assert.equal(Object.keys(state.things).length, notificationLimits.thingsMax + 1);
    assert.equal(state.things["*"]?.left, 9);
    assert.deepEqual(readRuleState(JSON.stringify(state), createdAt), state);
    assert.equal(readRuleState(JSON.stringify(state), "else"), undefined);
    assert.equal(readRuleState("{", createdAt), undefined);
  });
});

describe("who is gone", () => {
  const gone = (sequence: number, of = "p") =>
    event(sequence, { of, state: "raised", title: "gone" });
  const back = (sequence: number, of = "p") =>
    event(sequence, { of, state: "recovered", title: "back" });

  test("is told, and that it is back", () => {
    const folded = foldEvents(rule, fresh, [back(1), gone(2), gone(3, "q"), back(4)], startMs);
    assert.deepEqual(titles(folded), ["raised gone", "raised gone", "recovered back"]);
  });

  test("and comes and goes is told once it is quiet no more, if it is gone still", () => {
    const first = foldEvents(rule, fresh, [gone(1), back(2), gone(3)], startMs);
    assert.deepEqual(titles(first), ["raised gone", "recovered back"]);
    const due = foldDue(rule, first.state, startMs + 5 * minuteMs);
    assert.deepEqual(titles(due), ["raised gone"]);
    const returned = foldEvents(rule, due.state, [back(4)], startMs + 6 * minuteMs);
    assert.deepEqual(titles(returned), ["recovered back"]);
    const other = foldEvents(rule, first.state, [back(4)], startMs + minuteMs);
    assert.deepEqual(titles(foldDue(rule, other.state, startMs + 5 * minuteMs)), []);
  });

  test("and never comes back makes room for others", () => {
    let state: RuleState = fresh;
    const last = notificationLimits.thingsMax + 5;
    for (let each = 1; each <= last; each++) {
      const folded = foldEvents(rule, state, [gone(each, `p${each}`)], startMs);
      assert.deepEqual(titles(folded), ["raised gone"]);
      state = folded.state;
    }
    assert.equal(Object.keys(state.things).length, notificationLimits.thingsMax);
  });
});

describe("what is so", () => {
  const found = (...names: string[]): Map<string, Finding> =>
    new Map(names.map((name) => [name, { station: name, group: null, title: name, text: "" }]));

  test("is told when it begins and when it ends", () => {
    const first = foldFindings(rule, fresh, found("a", "b"), startMs);
    assert.deepEqual(titles(first), ["raised a", "raised b"]);
    const second = foldFindings(rule, first.state, found("a", "b"), startMs + 60 * minuteMs);
    assert.deepEqual(second, { state: first.state, notices: [] });
    const third = foldFindings(rule, first.state, found("b"), startMs + minuteMs);
    assert.deepEqual(titles(third), ["recovered Fine again: a"]);
    assert.equal(third.notices[0]?.text, `It was so since ${createdAt}.`);
  });

  test("again within the quiet time is told at its end", () => {
    const raised = foldFindings(rule, fresh, found("a"), startMs);
    const fine = foldFindings(rule, raised.state, found(), startMs + minuteMs);
    const again = foldFindings(rule, fine.state, found("a"), startMs + 2 * minuteMs);
    assert.deepEqual(titles(again), []);
    const later = foldFindings(rule, again.state, found("a"), startMs + 5 * minuteMs);
    assert.deepEqual(titles(later), ["raised a"]);
    assert.notEqual(later.notices[0]?.id, raised.notices[0]?.id);
  });

  test("is the same notice when it is found again by who knows nothing of it", () => {
    const one = foldFindings(rule, fresh, found("a"), startMs).notices[0]?.id;
    assert.equal(foldFindings(rule, fresh, found("a", "b"), startMs + 99).notices[0]?.id, one);
  });

  test("is not looked at while the rule is paused", () => {
    const raised = foldFindings(rule, fresh, found("a"), startMs);
    const paused = foldFindings({ ...rule, isPaused: true }, raised.state, found(), startMs);
    assert.deepEqual(paused, { state: raised.state, notices: [] });
  });
});
