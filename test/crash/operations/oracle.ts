import assert from "node:assert/strict";
import type { Yard } from "../yard.ts";
import type { CrashOperation } from "./operation.ts";

/** What there is of something, with its name taken out, so that it can be compared with that of others. */
export interface State {
  readonly view: string;
  readonly problems: readonly string[];
  readonly whole: string;
}

/** What an operation comes to without a kill. */
export interface Reference {
  readonly before: State;
  readonly after: State;
  /** What there may be in the end. */
  readonly ends: readonly string[];
}

/** A name for a thing that an operation is done to. All are as long, so that sizes are the same; none is in another one. */
export function thingName({ name }: CrashOperation, round: number): string {
  return `x${String(round).padStart(4, "0")}${name.replaceAll(/[^a-z]/g, "")}`;
}

export async function look(yard: Yard, operation: CrashOperation, id: string): Promise<State> {
  const observed = await operation.observe(yard, id).catch((error: Error) => {
    assert.fail(`${operation.name}: it can't be looked at: ${error.message}`);
  });
  const { view, problems, beneath } = observed;
  const text = (value: unknown): string =>
    JSON.stringify(value ?? null, null, 1).replaceAll(id, "ID");
  return { view: text(view), problems, whole: text([view, problems, beneath]) };
}

/** What there is in the end, of which nothing is left then. */
export async function endOf(yard: Yard, operation: CrashOperation, id: string): Promise<string> {
  const state = await look(yard, operation, id);
  const finished = await operation.finish?.(yard, id);
  await operation.clear(yard, id);
  return JSON.stringify([state, finished], null, 1).replaceAll(id, "ID");
}

/**
 * What users see after a kill is what there was, or what there is after the whole, unless it says that it is neither.
 *
 * @throws AssertionError
 */
export function requireSaid(between: State, { before, after }: Reference, where: string): void {
  if (between.problems.length > 0 || between.view === before.view) return;
  assert.equal(between.view, after.view, `${where}: half done, and nothing says so`);
}

/**
 * Nothing is changed without a record; of what was cut off it is there without an outcome.
 *
 * @throws AssertionError
 */
export async function requireRecord(
  yard: Yard,
  { request }: CrashOperation,
  id: string,
  where: string,
): Promise<void> {
  const { operation, names } = request(id);
  const [name = ""] = Object.values(names);
  const { entries } = await yard.audit.query({ operation, name });
  assert.ok(entries.length >= 1, `${where}: changed, and there is no record of it`);
}

/** @throws AssertionError for a repeated request that is refused, unless it says that all is done */
export function requireDone(
  { refusals = [] }: CrashOperation,
  answer: unknown,
  where: string,
): void {
  const { error } = answer as {
    readonly error?: { readonly code: string; readonly message: string };
  };
  if (error === undefined || refusals.includes(error.code)) return;
  assert.fail(`${where}: repeated, it is refused: ${error.message}`);
}

/** @throws AssertionError for an end that is another one than without a kill */
export function requireEnd(end: string, { ends }: Reference, where: string): void {
  if (!ends.includes(end)) assert.equal(end, ends[0], `${where}: another end than without`);
}

export function isRefused(answer: unknown, code: string): boolean {
  return (answer as { readonly error?: { readonly code: string } }).error?.code === code;
}
