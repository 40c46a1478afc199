import assert from "node:assert/strict";
import { statusOf } from "./inbox.ts";
import { type ApiAnswer, RawJetStream } from "./jetstream-client.ts";
import type { Address } from "./raw-client.ts";

/** What `nats stream backup` would write. */
export interface Archive {
  readonly config: unknown;
  readonly state: unknown;
  readonly bytes: Buffer;
}

/** Takes the archive of a stream, acknowledging every chunk. */
export async function takeArchive(
  server: Address,
  stream: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Archive> {
  await using js = await RawJetStream.open(server);
  const chunks = js.client.subscribe(`archive.${stream}`);
  await js.client.flush();
  const request = { deliver_subject: chunks.subject, ...options };
  const { config, state } = await js.ok(`STREAM.SNAPSHOT.${stream}`, request);
  const parts: Buffer[] = [];
  for (;;) {
    const chunk = await chunks.next();
    if (chunk.body.length === 0) {
      // nats-server says nothing where all of it was one short chunk.
      assert.match(statusOf(chunk), /^(?:204)?$/);
      return { config, state, bytes: Buffer.concat(parts) };
    }
    parts.push(chunk.body);
    if (chunk.reply !== undefined) js.client.publish(chunk.reply);
  }
}

/** Makes a stream of an archive, sent in chunks of that size; returns the last answer. */
export async function putArchive(
  server: Address,
  stream: string,
  { config, state, bytes }: Archive,
  chunkSize: number = 64 * 1024,
): Promise<ApiAnswer> {
  await using js = await RawJetStream.open(server);
  const answer = await js.ok(`STREAM.RESTORE.${stream}`, { config, state });
  const subject = String(answer["deliver_subject"]);
  for (let at = 0; at < bytes.length; at += chunkSize) {
    const { body } = await js.client.request(subject, bytes.subarray(at, at + chunkSize));
    if (body.length > 0) return JSON.parse(body.toString()) as ApiAnswer;
  }
  const { body } = await js.client.request(subject, "");
  return JSON.parse(body.toString()) as ApiAnswer;
}
