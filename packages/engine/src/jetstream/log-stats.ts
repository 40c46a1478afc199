import { encodeAnswer } from "../json/encode.ts";
import { InternalSubscription } from "../routing/subscription.ts";
import type { JetStreamServices } from "./services.ts";

/** Where a client asks what the log has done: Oxbow's own, for tools that show syncs beside messages. */
export const LOG_STATS_SUBJECT = "$OXBOW.LOG.STATS";

/** Answers {@link LOG_STATS_SUBJECT} with the counters of the store's journal. */
export function logStatsSubscription({ store, sender }: JetStreamServices): InternalSubscription {
  return new InternalSubscription(LOG_STATS_SUBJECT, (message) => {
    if (message.hasReply) sender.send(message.replyText(), encodeAnswer({ ...store.stats }));
  });
}
