import type { Inbox } from "./inbox.ts";
import type { Answer, TestJetStream } from "./test-jetstream.ts";

/** The headers of a message of an atomic batch. */
export function batched(
  id: string,
  sequence: number,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { "Nats-Batch-Id": id, "Nats-Batch-Sequence": String(sequence), ...more };
}

/** Marks the last message of a batch. */
export const COMMIT = { "Nats-Batch-Commit": "1" };

/** Publishes a batch of `count` messages of `subject`, without waiting for the answer to the last one. */
export function askBatch(
  server: TestJetStream,
  id: string,
  subject: string,
  count: number,
  size = 10,
): Inbox {
  for (let sequence = 1; sequence < count; sequence++) {
    server.send(subject, payloadOf(id, sequence, size), batched(id, sequence));
  }
  return server.ask(subject, payloadOf(id, count, size), batched(id, count, COMMIT));
}

/** The same, with the answer. */
export async function publishBatch(
  server: TestJetStream,
  id: string,
  subject: string,
  count: number,
  size = 10,
): Promise<Answer> {
  const inbox = askBatch(server, id, subject, count, size);
  const { payload } = await inbox.next();
  inbox.close();
  return JSON.parse(payload);
}

/** `<id>.<sequence>.xxx…`. */
function payloadOf(id: string, sequence: number, size: number): string {
  return `${id}.${sequence}.`.padEnd(size, "x");
}
