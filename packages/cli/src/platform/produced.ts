import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { buffer as readAll } from "node:stream/consumers";
import { CommandFailure } from "../failures.ts";
import { csvRows } from "./csv.ts";

export const inputFormats = ["lines", "ndjson", "csv", "whole"] as const;
export type InputFormat = (typeof inputFormats)[number];

/** A message that is to be produced. */
export interface Outgoing {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
  /** What templates are filled from. */
  readonly fields: () => unknown;
}

/**
 * Reads messages from files, one after the other, or from standard input.
 *
 * @throws CommandFailure for a file that can't be read, and for what the format does not allow, saying where
 */
export async function* readMessages(
  format: InputFormat,
  files: readonly string[],
): AsyncGenerator<Outgoing, void, undefined> {
  let number = 0;
  for (const file of files.length === 0 ? ["-"] : files) {
    const stream: Readable = file === "-" ? process.stdin : createReadStream(file);
    const where = file === "-" ? "standard input" : file;
    try {
      for await (const { bytes, fields } of readStream(format, stream, where)) {
        number += 1;
        yield { number, bytes, fields: fields ?? (() => jsonOf(bytes, number)) };
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      throw new CommandFailure(`${where} can't be read: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}

/** One message, as it was given. */
export function messageOf(text: string): Outgoing {
  const bytes = Buffer.from(text);
  return { number: 1, bytes, fields: () => jsonOf(bytes, 1) };
}

interface ReadMessage {
  readonly bytes: Buffer;
  readonly fields?: () => unknown;
}

async function* readStream(
  format: InputFormat,
  stream: Readable,
  where: string,
): AsyncGenerator<ReadMessage, void, undefined> {
  if (format === "whole") {
    yield { bytes: await readAll(stream) };
  } else if (format === "csv") {
    yield* readCsv(stream);
  } else {
    let line = 0;
    for await (const text of createInterface({
      input: stream,
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      line += 1;
      if (text === "") continue;
      if (format === "ndjson") checkJson(text, where, line);
      yield { bytes: Buffer.from(text) };
    }
  }
}

/** Each row is a JSON object with the fields of the first one. */
async function* readCsv(stream: Readable): AsyncGenerator<ReadMessage, void, undefined> {
  let names: readonly string[] | undefined;
  stream.setEncoding("utf8");
  for await (const row of csvRows(stream as AsyncIterable<string>)) {
    if (names === undefined) {
      names = row;
      continue;
    }
    if (row.length !== names.length) {
      const text = `a row of the CSV has ${row.length} fields, and the first one names ${names.length}: ${row.join(",")}`;
      throw new CommandFailure(text);
    }
    const object = Object.fromEntries(names.map((name, index) => [name, row[index]]));
    yield { bytes: Buffer.from(JSON.stringify(object)), fields: () => object };
  }
}

function checkJson(text: string, where: string, line: number): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const reason = (error as Error).message;
    throw new CommandFailure(`line ${line} of ${where} is no JSON: ${reason}`, { cause: error });
  }
}

function jsonOf(bytes: Buffer, number: number): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    const text = `message ${number} is no JSON, of which a template could take a field: ${(error as Error).message}`;
    throw new CommandFailure(text, { cause: error });
  }
}
