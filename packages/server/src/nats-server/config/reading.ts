import type { ConfEntry, ConfMap, ConfPosition, ConfValue } from "@oxbow/wire/nats-conf";
import type { Findings } from "./findings.ts";

/** The files a configuration names, and where it finds them. */
export interface ConfigFiles {
  /** The text of a file; relative paths are relative to the working directory, as for nats-server. */
  readText(path: string): string;
  /** Whether there is a directory, or nothing in the way of making one. */
  canBeDirectory(path: string): boolean;
}

/** What goes along while a configuration is read. */
export interface Reading {
  readonly findings: Findings;
  readonly files: ConfigFiles;
  /** Where a key of the top level was written; `undefined` if it was not. */
  positionOf(key: string): ConfPosition | undefined;
}

/** A value that can't be what its key needs. {@link readBlock} turns it into a finding. */
export class UnfitValue extends Error {
  readonly position: ConfPosition;

  constructor(position: ConfPosition, text: string) {
    super(text);
    this.position = position;
  }
}

/** Takes the value of one key into `target`. May throw {@link UnfitValue}. */
export type Field<Target> = (
  target: Target,
  value: ConfValue,
  reading: Reading,
  entry: ConfEntry,
) => void;

/** The keys of one block, in lower case. */
export type Fields<Target> = Readonly<Record<string, Field<Target>>>;

/** One field under several names. */
export function aliases<Target>(names: readonly string[], field: Field<Target>): Fields<Target> {
  return Object.fromEntries(names.map((name) => [name, field]));
}

/** How a block names a key that it does not know. */
export type UnknownField = (key: string) => string;

const unknownField: UnknownField = (key) => `unknown field "${key}"`;

/**
 * Reads all keys of a map into `target`, in the order they were written, without regard to case. What is wrong with one
 * key does not keep the others from being read, so that all errors of a file are told at once. A key that is only there
 * to be referred to as a variable need not be known.
 *
 * @returns Whether nothing was wrong, so that it makes sense to look at the whole.
 */
export function readMap<Target>(
  entries: ConfMap,
  fields: Fields<Target>,
  target: Target,
  reading: Reading,
  unknown: UnknownField = unknownField,
): boolean {
  const { length } = reading.findings.errors;
  for (const entry of entries.values()) {
    const key = entry.key.toLowerCase();
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined) {
      if (!entry.isReferenced) reading.findings.error(entry.keyPosition, unknown(entry.key));
      continue;
    }
    try {
      field(target, entry.value, reading, entry);
    } catch (error) {
      if (!(error instanceof UnfitValue)) throw error;
      // What is wrong with the value of a key is shown at the key, as nats-server does.
      const isOwnValue = error.position === entry.value.position;
      reading.findings.error(isOwnValue ? entry.keyPosition : error.position, error.message);
    }
  }
  return reading.findings.errors.length === length;
}

/** Runs `read` and turns an {@link UnfitValue} into a finding; `undefined` then. */
export function attempt<Result>(reading: Reading, read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnfitValue)) throw error;
    reading.findings.error(error.position, error.message);
    return undefined;
  }
}
