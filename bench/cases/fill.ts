import type { Admin } from "../load/admin.ts";
import { LoadProcess } from "../load-process.ts";
import { STREAM, SUBJECTS } from "./case.ts";

/** Many, so that filling is quick even where a commit takes long. */
const FILL_WINDOW = 2000;

/** Creates the stream and publishes `messageCount` messages, each of them acknowledged and checked. */
export async function fillStream(
  admin: Admin,
  port: number,
  payloadSize: number,
  messageCount: number,
): Promise<void> {
  await admin.createStreams([{ name: STREAM, subjects: ["bench.*"] }]);
  await fill(admin, port, STREAM, payloadSize, messageCount);
}

/** Publishes `messageCount` messages to a stream that takes {@link SUBJECTS}, and has none. */
export async function fill(
  admin: Admin,
  port: number,
  stream: string,
  payloadSize: number,
  messageCount: number,
): Promise<void> {
  const streams = [{ name: stream, subjects: SUBJECTS }];
  const load = await LoadProcess.spawn(
    "durable-publisher",
    { port, payloadSize, connectionCount: 1, window: FILL_WINDOW, streams, limit: messageCount },
    undefined,
  );
  try {
    load.start();
    await Promise.race([load.exhausted, load.failed]);
    await load.finish();
  } finally {
    load.kill();
  }
  const { messages } = await admin.streamState(stream);
  if (messages !== messageCount) {
    throw new Error(`stream holds ${messages} messages instead of ${messageCount}`);
  }
}
