import { ask, path } from "../../../api/ask.ts";
import { encode } from "../../../api/codec.ts";
import type { BatchReport, MessageBody } from "../../../api/types.ts";
import { ownHeaders } from "./copies.ts";

/** Messages of one request. */
const batchMax = 1_000;
/** Bytes of a file that is sent line by line. */
const fileBytesMax = 32 * 1024 * 1024;
/** A header as it is typed. */
export interface Header {
  readonly name: string;
  readonly value: string;
}

/** A message, or several, before they are sent. */
export interface Draft {
  readonly payload: string;
  readonly encoding: "text" | "base64";
  readonly key: string;
  readonly partition: number | undefined;
  readonly headers: readonly Header[];
  readonly messageId: string;
  readonly delayMs: number | undefined;
  readonly ttlMs: number | undefined;
  readonly isLines: boolean;
}

/** A message that was not taken. */
export interface Refusal {
  /** From 1. */
  readonly line: number;
  readonly detail: string;
}

/** What became of them. */
export interface Outcome {
  readonly stored: number;
  readonly refused: readonly Refusal[];
}

/** What the dialog begins with. */
export function draftOf(original: MessageBody | undefined): Draft {
  const nothing = { partition: undefined, messageId: "", delayMs: undefined, ttlMs: undefined };
  if (original === undefined) {
    const payload = '{\n  "id": 1\n}';
    return { ...nothing, payload, encoding: "text", key: "", headers: [], isLines: false };
  }
  const { encoding: stored, key, decoded } = original;
  // What is decoded is edited as JSON, and encoded again.
  const payload = decoded?.text ?? original.payload;
  const encoding = typeof decoded?.text === "string" ? "text" : stored;
  return {
    ...nothing,
    ...{ payload, encoding, key: key ?? "", isLines: false },
    headers: ownHeaders(original).map(([name, value]) => ({ name, value })),
  };
}

/** Sends it, as one message or line by line. */
export async function send(
  station: string,
  draft: Draft,
  original: MessageBody | undefined,
): Promise<Outcome> {
  const { encoding, key, partition, messageId, delayMs, ttlMs, isLines } = draft;
  if (original?.isCut === true) {
    throw new Error("the payload is not whole here: show the whole message first");
  }
  const headers: Record<string, string[]> = {};
  for (const { name, value } of draft.headers) {
    if (name.trim() !== "") (headers[name.trim()] ??= []).push(value);
  }
  const payloads = isLines
    ? draft.payload
        .split(/\r?\n/)
        .flatMap((text, index) => (text.trim() === "" ? [] : [{ text, line: index + 1 }]))
    : [{ text: draft.payload, line: 0 }];
  if (payloads.length === 0) throw new Error("there is no line with a message");
  let stored = 0;
  const refused: Refusal[] = [];
  for (let start = 0; start < payloads.length; start += batchMax) {
    const part = payloads.slice(start, start + batchMax);
    const { ready, unfit } = await encodedOf(station, part, encoding);
    refused.push(...unfit);
    if (ready.length === 0) continue;
    const messages = ready.map(({ payload, encoding }) => ({
      ...{ payload, encoding, partition, delayMs, ttlMs },
      ...(key !== "" && { key }),
      ...(messageId !== "" && !isLines && { messageId }),
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(original !== undefined && { parent: parentOf(original) }),
    }));
    const report = await ask<BatchReport>("POST", path`/stations/${station}/messages/batch`, {
      body: { messages },
    });
    stored += report.stored;
    report.results.forEach((result, index) => {
      if ("problem" in result) {
        refused.push({ line: ready[index]?.line ?? 0, detail: result.problem.detail });
      }
    });
  }
  return { stored, refused: refused.sort((a, b) => a.line - b.line) };
}

interface Line {
  readonly text: string;
  /** From 1; 0 for what is no line. */
  readonly line: number;
}

interface Ready {
  readonly payload: string;
  readonly encoding: "text" | "base64";
  readonly line: number;
}

/** What is written as JSON becomes what the station takes, where that is Avro or Protobuf. */
async function encodedOf(
  station: string,
  lines: readonly Line[],
  encoding: "text" | "base64",
): Promise<{ readonly ready: readonly Ready[]; readonly unfit: readonly Refusal[] }> {
  const plain = lines.map(({ text, line }) => ({ payload: text, encoding, line }));
  if (encoding === "base64") return { ready: plain, unfit: [] };
  const { messages, schema } = await encode(
    station,
    lines.map(({ text }) => text),
  );
  if (schema === null) return { ready: plain, unfit: [] };
  const ready: Ready[] = [];
  const unfit: Refusal[] = [];
  messages.forEach(({ payload, problem }, index) => {
    const line = lines[index]?.line ?? 0;
    if (payload === null) unfit.push({ line, detail: `${schema}: ${problem}` });
    else ready.push({ payload, encoding: "base64", line });
  });
  return { ready, unfit };
}

/** What the new message says that it was made of. */
export function parentOf({ station, partition, sequence }: MessageBody): string {
  return `${encodeURIComponent(station)}/${partition}/${sequence}`;
}

/** What a file is sent as. */
export async function readFile(file: File | null): Promise<Partial<Draft> | undefined> {
  if (file === null) return undefined;
  if (file.size > fileBytesMax) {
    return { payload: `the file has more than ${fileBytesMax / 2 ** 20} MiB`, isLines: false };
  }
  const payload = await file.text();
  return { payload, encoding: "text", isLines: /\.(?:ndjson|jsonl)$/.test(file.name) };
}
