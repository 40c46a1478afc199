import { type Log, LogStore } from "@oxbow/log";
import { SimWorld } from "@oxbow/testkit";

/** An empty log in memory. */
export async function openLog(): Promise<Log> {
  const store = await LogStore.open({ directory: undefined }, new SimWorld("log").host());
  return store.createLog("L", "memory");
}

/** Appends a message; returns its sequence. */
export function append(
  log: Log,
  subject: string,
  body = "",
  timeMs = 1_000,
  headersSize = 0,
): number {
  const subjectBytes = Buffer.from(subject);
  const bodyBytes = Buffer.from(body);
  return log.append(
    timeMs,
    subjectBytes,
    0,
    subjectBytes.length,
    bodyBytes,
    headersSize,
    0,
    bodyBytes.length,
  );
}
