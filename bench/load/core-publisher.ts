import { parseDecimal } from "./ack-check.ts";
import { Connection } from "./connection.ts";
import type { RoleOptions } from "./protocol.ts";
import { PublishRing } from "./publish-ring.ts";
import { PAYLOAD_COUNT, Payloads } from "./random.ts";
import type { Role, RoleContext } from "./role.ts";

/** Subject on which the subscriber says how many messages have arrived everywhere. */
export const CREDIT_SUBJECT = "bench-credit";

/** Bytes under way between publisher and subscribers, at most; below what a server grants a slow consumer. */
const IN_FLIGHT_SIZE_MAX = 4 * 1024 * 1024;

/** One write; large enough that system calls do not count. */
const WRITE_SIZE = 64 * 1024;

/** Bytes the socket may hold unsent before the publisher waits for it. */
const UNSENT_SIZE_MAX = 4 * WRITE_SIZE;

/** How many messages of this payload may be under way. */
export function inFlightMax(payloadSize: number): number {
  return Math.floor(IN_FLIGHT_SIZE_MAX / (payloadSize + 32));
}

/**
 * Publishes core messages without pause, as long as no more than {@link IN_FLIGHT_SIZE_MAX} bytes are under way.
 * The credits are a handful of messages per second and keep a fast publisher from turning the case into one about
 * how a server treats subscribers that are too slow.
 */
export async function createRole(
  options: RoleOptions["core-publisher"],
  context: RoleContext,
): Promise<Role> {
  // The frames carry no token, so they never change and a slot can be under way several times.
  const ring = new PublishRing({
    slotCount: PAYLOAD_COUNT,
    payloads: new Payloads(options.payloadSize),
    subjects: options.subjects,
    replyPrefix: "",
  });
  const perWrite = Math.max(1, Math.floor(WRITE_SIZE / ring.sizeOf(0)));
  const windowCount = inFlightMax(options.payloadSize);
  let sentCount = 0;
  let arrivedCount = 0;
  let isSending = false;

  const connection = await Connection.openSubscribed(options.port, CREDIT_SUBJECT, {
    onMessage(buffer, frame) {
      arrivedCount = parseDecimal(buffer, frame.payloadStart, frame.payloadEnd);
    },
    onReadEnd: () => pump(),
    onFailure: (error) => context.fail(error),
  });

  const write = (bytes: Uint8Array): void => connection.write(bytes, pump);

  function pump(): void {
    while (isSending && connection.unsentSize <= UNSENT_SIZE_MAX) {
      const to = Math.min(sentCount + perWrite, arrivedCount + windowCount);
      if (to <= sentCount) return;
      ring.send(sentCount, to, write);
      sentCount = to;
    }
  }

  return {
    start() {
      isSending = true;
      pump();
    },
    count: () => sentCount,
    async finish() {
      isSending = false;
      await connection.flush();
      connection.close();
      return { total: sentCount };
    },
  };
}
