import { parseDecimal } from "./ack-check.ts";
import { Connection } from "./connection.ts";
import { LatencyRecorder } from "./latency.ts";
import type { RoleOptions } from "./protocol.ts";
import { PublishRing, TOKEN_SIZE } from "./publish-ring.ts";
import { PAYLOAD_COUNT, Payloads } from "./random.ts";
import type { Role, RoleContext } from "./role.ts";

/** Sends one request at a time and checks that the answer is the echo of its payload. */
export async function createRole(
  options: RoleOptions["requester"],
  context: RoleContext,
): Promise<Role> {
  const payloads = new Payloads(options.payloadSize);
  const ring = new PublishRing({
    slotCount: PAYLOAD_COUNT,
    payloads,
    subjects: [options.subject],
    replyPrefix: "_INBOX.requester.",
  });
  const latency = new LatencyRecorder();
  let answeredCount = 0;
  let markCount = 0;
  let sentAtMs = 0;
  let isSending = false;
  let onDrained: (() => void) | undefined;

  const connection = await Connection.openSubscribed(options.port, "_INBOX.requester.*", {
    onMessage(buffer, frame) {
      const index = parseDecimal(buffer, frame.subjectEnd - TOKEN_SIZE, frame.subjectEnd);
      if (index !== answeredCount || !payloads.matches(index, buffer, frame.payloadStart)) {
        const status = buffer.toString("latin1", frame.headerStart, frame.payloadStart).trim();
        context.fail(new Error(`wrong answer to request ${answeredCount} ${status}`));
        return;
      }
      answeredCount++;
      if (markCount === 1) latency.record(performance.now() - sentAtMs);
      if (isSending) request();
      else onDrained?.();
    },
    onReadEnd: () => {},
    onFailure: (error) => context.fail(error),
  });

  const write = (bytes: Uint8Array): void => connection.write(bytes);
  function request(): void {
    sentAtMs = performance.now();
    ring.send(answeredCount, answeredCount + 1, write);
  }

  return {
    start() {
      isSending = true;
      request();
    },
    count: () => answeredCount,
    onMark() {
      markCount++;
    },
    async finish() {
      isSending = false;
      await new Promise<void>((resolve) => {
        onDrained = resolve;
      });
      connection.close();
      return { total: answeredCount, latency: latency.summary() };
    },
  };
}
