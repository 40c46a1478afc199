import type { Notice, Rule, RuleKind } from "oxbow/control";
import { isStationOf } from "../../users/station-pattern.ts";
import { notificationLimits } from "../limits.ts";
import { noticeOf } from "../outbox/notice.ts";
import type { RuleState, ThingState } from "./rule-state.ts";

/** Something that happened. */
export interface RuleEvent {
  readonly when: RuleKind;
  /** The stream that says so, with when it was made, and the sequence there. */
  readonly source: string;
  readonly created: string;
  readonly sequence: number;
  readonly atMs: number;
  readonly station: string;
  readonly group: string | null;
  /** What of them it is about, such as a producer; empty if it is about all. */
  readonly of: string;
  /** Whether it only happened, or something is so from now on, or no more. */
  readonly state: Notice["state"];
  readonly count: number;
  /** In one line; and what stands behind a number of them. */
  readonly title: string;
  readonly manyTitle: string;
  readonly text: string;
}

/** Something that is not as a rule wants it. */
export interface Finding {
  readonly station: string | null;
  readonly group: string | null;
  readonly title: string;
  readonly text: string;
}

/** What comes of a look: what is to be told, and how far the rule is then. */
export interface Folded {
  readonly state: RuleState;
  readonly notices: readonly Notice[];
}

/** Stands for all things beyond the number of those that are told of apart. */
const others = "*";
const nothing = { station: null, group: null };

/** Takes up what happened, in its order. What was taken up before changes nothing. */
export function foldEvents(
  rule: Rule,
  state: RuleState,
  events: readonly RuleEvent[],
  nowMs: number,
): Folded {
  const things = new Map(Object.entries(state.things));
  const cursors = { ...state.cursors };
  const notices: Notice[] = [];
  for (const event of events) {
    if (event.when !== rule.when) continue;
    const { source, created, sequence } = event;
    const cursor = cursors[source];
    if (cursor?.created === created && sequence <= cursor.sequence) continue;
    cursors[source] = { created, sequence };
    if (rule.isPaused || !isAbout(rule, event)) continue;
    const found = takeUp(rule, things, event, nowMs);
    if (found !== undefined) notices.push(found);
  }
  return { state: { ...state, cursors, things: Object.fromEntries(things) }, notices };
}

/** What one event changes; a notice if it is to be told now. */
function takeUp(
  rule: Rule,
  things: Map<string, ThingState>,
  event: RuleEvent,
  nowMs: number,
): Notice | undefined {
  const { source, created, sequence, atMs, text, manyTitle } = event;
  const isState = event.state !== "event";
  const key = isState ? placeFor(things, keyOf(event)) : roomFor(things, keyOf(event), nowMs);
  const thing = things.get(key);
  const identity = [rule.name, rule.createdAt, source, created, sequence];
  const tell = (parts: Pick<Notice, "state" | "station" | "group" | "count" | "title" | "text">) =>
    noticeOf({ identity, atMs, rule: rule.name, when: rule.when, ...parts });
  if (event.state === "recovered") {
    if (thing === undefined) return undefined;
    things.set(key, { ...thing, left: 0, isRaised: false });
    const { station, group, title, count } = { ...thing, ...event };
    return thing.isRaised
      ? tell({ state: "recovered", station, group, count, title, text })
      : undefined;
  }
  if (thing?.isRaised === true) return undefined;
  if (thing !== undefined && nowMs < thing.untilMs) {
    const left = isState ? 1 : thing.left + event.count;
    things.set(key, { ...thing, left, last: text });
    return undefined;
  }
  const count = event.count + (thing?.left ?? 0);
  const { station, group } = key === others ? nothing : event;
  const title = count === 1 || isState ? event.title : `${count} ${manyTitle}`;
  const quiet = quietThing(station, group, nowMs + rule.quietMs, isState ? title : manyTitle);
  things.set(key, { ...quiet, isState, isRaised: isState, raisedAtMs: atMs });
  return tell({ state: event.state, station, group, count: isState ? 1 : count, title, text });
}

/** Tells of what was left out while it was quiet, once that is over. */
export function foldDue(rule: Rule, state: RuleState, nowMs: number): Folded {
  const things = new Map(Object.entries(state.things));
  const notices: Notice[] = [];
  for (const [key, thing] of things) {
    if (thing.isRaised || nowMs < thing.untilMs) continue;
    things.delete(key);
    if (thing.left === 0 || rule.isPaused) continue;
    const { station, group, left, last, untilMs, isState } = thing;
    const title = isState ? thing.title : `${left} ${thing.title}`;
    notices.push(
      noticeOf({
        identity: [rule.name, rule.createdAt, "due", key, untilMs],
        atMs: nowMs,
        rule: rule.name,
        when: rule.when,
        state: isState ? "raised" : "event",
        ...{ station, group, count: left, title, text: last },
      }),
    );
    const quiet = quietThing(station, group, nowMs + rule.quietMs, thing.title);
    things.set(key, { ...quiet, isState, isRaised: isState, raisedAtMs: nowMs });
  }
  return { state: { ...state, things: Object.fromEntries(things) }, notices };
}

/** Tells what is so now and was not, and what is so no more. */
export function foldFindings(
  rule: Rule,
  state: RuleState,
  findings: ReadonlyMap<string, Finding>,
  nowMs: number,
): Folded {
  if (rule.isPaused) return { state, notices: [] };
  const things = new Map(Object.entries(state.things));
  const notices: Notice[] = [];
  const tell = (key: string, kind: "raised" | "recovered", finding: Finding): void => {
    const identity = [rule.name, rule.createdAt, "turn", state.turn, key];
    notices.push(
      noticeOf({
        identity,
        atMs: nowMs,
        rule: rule.name,
        when: rule.when,
        state: kind,
        count: 1,
        ...finding,
      }),
    );
  };
  for (const [key, thing] of things) {
    if (!thing.isRaised) {
      if (nowMs >= thing.untilMs) things.delete(key);
      continue;
    }
    if (findings.has(key)) continue;
    const { station, group, raisedAtMs, title } = thing;
    const since = new Date(raisedAtMs).toISOString();
    tell(key, "recovered", {
      ...{ station, group, title: `Fine again: ${title}` },
      text: `It was so since ${since}.`,
    });
    things.set(key, { ...thing, isRaised: false });
  }
  for (const [key, finding] of findings) {
    const thing = things.get(key);
    // What was told a moment ago, and is so again, is told when it is quiet no more, if it is still so.
    if (thing !== undefined && (thing.isRaised || nowMs < thing.untilMs)) continue;
    if (thing === undefined && things.size >= notificationLimits.thingsMax) continue;
    tell(key, "raised", finding);
    const { station, group, title } = finding;
    const quiet = quietThing(station, group, nowMs + rule.quietMs, title);
    things.set(key, { ...quiet, isState: true, isRaised: true, raisedAtMs: nowMs });
  }
  const turn = notices.length === 0 ? state.turn : state.turn + 1;
  return { state: { ...state, turn, things: Object.fromEntries(things) }, notices };
}

/** Whether a rule is about an event. */
export function isAbout(
  { when, stations, groups, createdAt }: Rule,
  event: Pick<RuleEvent, "when" | "station" | "group" | "atMs">,
): boolean {
  return (
    event.when === when &&
    event.atMs >= Date.parse(createdAt) &&
    isAnyOf(stations, event.station) &&
    isGroupOf(groups, event.group)
  );
}

export function isAnyOf(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => isStationOf(pattern, name));
}

function isGroupOf(patterns: readonly string[], group: string | null): boolean {
  return group === null ? patterns.includes("*") : isAnyOf(patterns, group);
}

function keyOf({ station, group, of }: RuleEvent): string {
  return `${station} ${group ?? ""} ${of}`;
}

/** The key of a thing, or that of all others if there are too many. */
function roomFor(things: Map<string, ThingState>, key: string, nowMs: number): string {
  if (things.has(key) || things.size < notificationLimits.thingsMax) return key;
  for (const [each, { left, untilMs, isRaised }] of things) {
    if (left === 0 && !isRaised && nowMs >= untilMs) things.delete(each);
  }
  return things.size < notificationLimits.thingsMax ? key : others;
}

/** The key of a thing, which the one that is there for the longest makes room for: it may never be so no more. */
function placeFor(things: Map<string, ThingState>, key: string): string {
  const [oldest] = things.keys();
  const isFull = things.size >= notificationLimits.thingsMax && !things.has(key);
  if (isFull && oldest !== undefined) things.delete(oldest);
  return key;
}

function quietThing(
  station: string | null,
  group: string | null,
  untilMs: number,
  title: string,
): ThingState {
  return {
    ...{ station, group, untilMs, title },
    left: 0,
    last: "",
    isState: false,
    isRaised: false,
    raisedAtMs: 0,
  };
}
