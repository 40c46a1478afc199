import { randomUUID } from "node:crypto";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Notice, NotificationSent } from "oxbow/control";
import { platformError } from "oxbow/internal";
import type { StoredTarget } from "../documents.ts";
import { noticeOf } from "../outbox/notice.ts";
import { AddressGuard } from "./address-guard.ts";
import { SendFailure } from "./send-failure.ts";
import { Sender } from "./sender.ts";

/**
 * Sends a notification to a channel, to see whether it arrives. It is tried once.
 *
 * @throws OxbowError `NOTIFICATION_NOT_SENT`
 */
export async function sendTest(
  connection: NatsConnection,
  channel: string,
  to: StoredTarget,
  allowed: readonly string[],
): Promise<NotificationSent> {
  const notice: Notice = noticeOf({
    identity: ["test", channel, randomUUID()],
    atMs: Date.now(),
    rule: null,
    when: "test",
    state: "event",
    station: null,
    group: null,
    count: 1,
    title: `Test of the channel ${channel}`,
    text: "If you can read this, notifications arrive here.",
  });
  const sender = await Sender.open(connection, new AddressGuard({ allowed }));
  try {
    return { answer: await sender.send(to, notice), notice };
  } catch (error) {
    if (!(error instanceof SendFailure)) throw error;
    throw platformError("NOTIFICATION_NOT_SENT", error.message, { cause: error });
  }
}
