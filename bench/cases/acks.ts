import { setTimeout as sleep } from "node:timers/promises";
import type { Admin } from "../load/admin.ts";

/** How long the acknowledgements that are still on their way may take to be counted. */
const SETTLE_MS = 10_000;
const POLL_MS = 20;

/**
 * Checks that the server counted every acknowledgement. It may handle them after it answered the last PING, and may
 * have sent messages that were not waited for, so only the floor tells.
 */
export async function verifyAcks(
  admin: Admin,
  stream: string,
  consumer: string,
  ackedCount: number,
): Promise<void> {
  const deadlineMs = performance.now() + SETTLE_MS;
  for (;;) {
    const state = await admin.consumerState(stream, consumer);
    if (state.num_redelivered > 0) throw new Error(`${state.num_redelivered} were redelivered`);
    if (state.ack_floor.stream_seq === ackedCount) return;
    if (performance.now() > deadlineMs) {
      throw new Error(`${ackedCount} acknowledged, floor is at ${state.ack_floor.stream_seq}`);
    }
    await sleep(POLL_MS);
  }
}
