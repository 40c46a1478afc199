import { encodeAnswer } from "../../json/encode.ts";

/**
 * What a counter got from elsewhere: stream, then subject there, to the last value seen (ADR-49). What is `null` was
 * published so and means nothing.
 */
export type CounterSources = Map<string, Map<string, string> | null>;

/** What a counter stands at. */
export interface CounterState {
  readonly total: bigint;
  /** `undefined` if it never took anything from another stream. */
  readonly sources: CounterSources | undefined;
}

/** Counters without a message begin here. */
export const counterAtZero: CounterState = { total: 0n, sources: undefined };

/** The integer that `text` is in decimal, with or without a sign; `undefined` if it is none. */
export function parseCounterInteger(text: string): bigint | undefined {
  return /^[+-]?\d+$/.test(text) ? BigInt(text) : undefined;
}

/** The body of a message of a counter: `{"val":"<total>"}`. */
export function encodeCounterBody(total: bigint): Buffer {
  return Buffer.from(`{"val":"${total}"}`);
}

/** What the body of a message of a counter says; `undefined` if it can't be read. A body without a value is 0. */
export function parseCounterBody(body: string): bigint | undefined {
  const parsed = parseObject(body);
  if (parsed === undefined) return undefined;
  const value: unknown = parsed["val"] ?? "";
  if (typeof value !== "string") return undefined;
  return parseCounterInteger(value) ?? 0n;
}

/** The value of `Nats-Counter-Sources`. */
export function encodeCounterSources(sources: CounterSources): string {
  const object = sortedEntries(sources).map(([stream, subjects]) => [
    stream,
    subjects === null ? null : Object.fromEntries(sortedEntries(subjects)),
  ]);
  return encodeAnswer(Object.fromEntries(object)).toString();
}

/** Reads `Nats-Counter-Sources`; `undefined` if it can't be read. */
export function parseCounterSources(text: string): CounterSources | undefined {
  const parsed = parseObject(text);
  if (parsed === undefined) return undefined;
  const sources: CounterSources = new Map();
  for (const [stream, subjects] of Object.entries(parsed)) {
    if (typeof subjects !== "object" || Array.isArray(subjects)) return undefined;
    const values = Object.entries(subjects ?? {});
    if (values.some(([, value]) => typeof value !== "string")) return undefined;
    sources.set(stream, subjects === null ? null : new Map(values));
  }
  return sources;
}

/**
 * What a counter stands at after `increment`, of its own or, if `from` says so, by a message of another stream: that one
 * counts for what its value is more than the last one seen from there.
 */
export function counted(
  { total, sources }: CounterState,
  increment: bigint,
  from?: { readonly stream: string; readonly subject: string; readonly value: bigint },
): { readonly state: CounterState; readonly increment: bigint } {
  if (from === undefined) return { state: { total: total + increment, sources }, increment };
  const subjects = new Map(sources?.get(from.stream) ?? []);
  const seen = parseCounterInteger(subjects.get(from.subject) ?? "") ?? 0n;
  subjects.set(from.subject, String(from.value));
  const delta = from.value - seen;
  const merged = new Map(sources).set(from.stream, subjects);
  return { state: { total: total + delta, sources: merged }, increment: delta };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    // As Go reads it, null is an object without members.
    if (parsed === null) return {};
    if (typeof parsed !== "object" || Array.isArray(parsed)) return undefined;
    return parsed as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function sortedEntries<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
