import { jetstream } from "@nats-io/jetstream";
import { headers } from "@nats-io/nats-core";
import type { Logger } from "@oxbow/base";
import { stationToken } from "@oxbow/platform";
import { z } from "zod";
import { appendOwn } from "../graveyard.ts";
import { oneLine } from "../one-line.ts";
import type { ControlContext } from "./context.ts";
import { readRequest } from "./read-request.ts";

const shape = z.object({ error: z.string().nullish() });

/** A delivery, as the subject says that acknowledges it. */
interface Delivery {
  readonly stream: string;
  readonly consumer: string;
  readonly attempts: number;
  readonly sequence: number;
}

/**
 * What a message is terminated with, so that it becomes a dead letter with the reason that the SDK gave. Where the
 * station forgets a message with that, the message is handed over before.
 *
 * @returns The reason, in one line.
 */
export async function giveUp(
  context: ControlContext,
  logger: Logger,
  ackSubject: string,
  body: Buffer,
): Promise<string> {
  let reason = "dead-lettered by a consumer";
  try {
    reason = oneLine(readRequest(shape, body).error ?? "") || reason;
    const delivery = deliveryOf(ackSubject);
    if (delivery !== undefined) await handOver(context, delivery, reason);
  } catch (error) {
    // It is given up all the same; the dead letter has no content then, and says so.
    logger.warn({ user: context.user, err: error }, "a dead letter was not handed over whole");
  }
  return reason;
}

/** With or without the domain and the account in front. */
export function deliveryOf(ackSubject: string): Delivery | undefined {
  const tokens = ackSubject.split(".").slice(ackSubject.split(".").length >= 11 ? 4 : 2);
  const [stream = "", consumer = "", attempts, sequence] = tokens;
  const delivery = {
    stream,
    consumer,
    attempts: Number(attempts),
    sequence: Number(sequence),
  };
  return Number.isSafeInteger(delivery.sequence) && delivery.sequence > 0 ? delivery : undefined;
}

async function handOver(
  { platform }: ControlContext,
  { stream, consumer, attempts, sequence }: Delivery,
  reason: string,
): Promise<void> {
  const name = stream.replace(/\$\d+$/, "").replaceAll("#", ".");
  const station = await (await platform.stations()).find(name);
  if (station === undefined || !station.settings.untilAcknowledged) return;
  const js = jetstream(await platform.connection());
  const manager = await js.jetstreamManager();
  const stored = await manager.streams.getMessage(stream, { seq: sequence });
  if (stored === null) return;
  const head = headers();
  head.set("Oxbow-Stream", stream);
  head.set("Oxbow-Sequence", String(sequence));
  head.set("Oxbow-Consumer", consumer);
  head.set("Oxbow-Error", reason);
  head.set("Oxbow-Subject", stored.subject);
  head.set("Oxbow-Time", stored.time.toISOString());
  head.set("Oxbow-Attempts", String(attempts));
  for (const [key, values] of stored.header ?? []) {
    for (const value of values) appendOwn(head, key, value);
  }
  const subject = `$OXBOW.DL.${stationToken(station.name)}.consumer`;
  await js.publish(subject, stored.data, { headers: head });
}
