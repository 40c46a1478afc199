import { isDeepStrictEqual } from "node:util";
import type { OperationName } from "oxbow/control";
import { type Setting, textsOf, type Values } from "./settings.ts";

/** A password that was made, which nobody is told again. */
export interface NewPassword {
  /** What the user is called when it connects. */
  readonly login: string;
  readonly password: string;
}

/** Told of a password that was made, before it is in force: who dies in between has told one that is of no use. */
export type OnPassword = (made: NewPassword) => void | Promise<void>;

/** What becomes another: before, which there is not where something is created, and after. */
export interface Change {
  readonly name: string;
  readonly before?: unknown;
  readonly after: unknown;
}

/**
 * Something that is to be done: one request to the platform, which makes whole what was left half done. So a plan that ends
 * anywhere is finished by the next one.
 */
export interface Step {
  readonly operation: OperationName;
  readonly action: "create" | "change" | "remove";
  /** What it is done to: `station orders`. */
  readonly target: string;
  readonly changes: readonly Change[];
  run(onPassword: OnPassword): Promise<unknown>;
}

/** What there is of a name. The platform keeps names in lower case, and streams of plain clients as they are. */
export function byName<T extends { readonly name: string }>(
  all: readonly T[],
  name: string,
): T | undefined {
  return (
    all.find((each) => each.name === name) ?? all.find((each) => each.name === name.toLowerCase())
  );
}

/** Whether a file names it. */
export function isNamed(
  wanted: readonly { readonly name: string }[],
  { name }: { readonly name: string },
): boolean {
  return wanted.some((each) => each.name === name || each.name.toLowerCase() === name);
}

export function created(after: Values): Change[] {
  return Object.entries(after).map(([name, value]) => ({ name, after: value }));
}

/** Settings that are to be others than they are, in the words of a file. */
export function changesOf(
  settings: Readonly<Record<string, Setting>>,
  wanted: Values,
  there: Values,
): Change[] {
  const differing = Object.entries(wanted).filter(
    ([name, value]) => !isDeepStrictEqual(value, there[name]),
  );
  const after = textsOf(settings, Object.fromEntries(differing));
  const before = textsOf(settings, there);
  return Object.entries(after).map(([name, value]) => ({
    name,
    before: before[name],
    after: value,
  }));
}
