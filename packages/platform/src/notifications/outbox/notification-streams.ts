import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamManager,
} from "@nats-io/jetstream";
import { isMissing, platformError } from "oxbow/internal";
import { ensureStream, type OwnStream } from "../../dead-letters/ensure-stream.ts";
import { present } from "../../dead-letters/origin.ts";
import { notificationLimits } from "../limits.ts";
import {
  channelConsumer,
  heardStream,
  heardSubjects,
  notificationStream,
  notificationSubjects,
  outSubject,
} from "./places.ts";

const dayNs = 86_400_000_000_000;
const { keptDaysMax, keptBytesMax } = notificationLimits;
const heardMessagesMax = 100_000;
const ackWaitNs = 30_000_000_000;

const outbox: OwnStream = {
  name: notificationStream,
  description: "Notifications, and what became of them",
  subjects: [...notificationSubjects],
  max_age: keptDaysMax * dayNs,
  max_bytes: keptBytesMax,
  max_msgs_per_subject: 1,
  allow_direct: true,
};
const heard: OwnStream = {
  name: heardStream,
  description: "What rules of notifications are about",
  subjects: [...heardSubjects],
  max_age: dayNs,
  max_msgs: heardMessagesMax,
};

/** Makes the stream of notifications if it is missing. @throws OxbowError `NOTIFICATION_UNAVAILABLE` */
export function ensureOutbox(manager: JetStreamManager): Promise<void> {
  return explained(outbox.name, () => ensureStream(manager, outbox));
}

/** Makes the stream of what is heard, if it is missing. @throws OxbowError `NOTIFICATION_UNAVAILABLE` */
export function ensureHeard(manager: JetStreamManager): Promise<void> {
  return explained(heard.name, () => ensureStream(manager, heard));
}

/** Makes the consumer of a channel, if it is missing: one notice at a time, in their order. One that is there stays as it is. */
export async function ensureChannelConsumer(
  manager: JetStreamManager,
  channel: string,
): Promise<void> {
  const name = channelConsumer(channel);
  const isThere = await present(() => manager.consumers.info(notificationStream, name));
  if (isThere !== undefined) return;
  await explained(notificationStream, () =>
    manager.consumers.add(notificationStream, {
      durable_name: name,
      name,
      description: "Sends what is due",
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      filter_subject: outSubject(channel, "*"),
      ack_wait: ackWaitNs,
      max_ack_pending: 1,
      max_deliver: -1,
    }),
  );
}

/** Takes away what is due on a channel, and its consumer. */
export async function removeChannel(manager: JetStreamManager, channel: string): Promise<void> {
  try {
    await manager.consumers.delete(notificationStream, channelConsumer(channel));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  try {
    await manager.streams.purge(notificationStream, { filter: outSubject(channel, "*") });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function explained<T>(stream: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    const message = `the server can't keep notifications in the stream ${stream}: ${error.message}`;
    throw platformError("NOTIFICATION_UNAVAILABLE", message, { cause: error });
  }
}
