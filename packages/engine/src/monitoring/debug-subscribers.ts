import { ClientSubscription } from "../connection/client-subscription.ts";
import type { Account } from "../routing/account.ts";
import { MessageView } from "../routing/message.ts";
import { readRequestInfo } from "../routing/request-info.ts";
import { ShadowSubscription } from "../routing/shadow-subscription.ts";
import { InternalSubscription, type Subscription } from "../routing/subscription.ts";
import { isValidLiteral, subjectIsSubset } from "../subjects/subject.ts";

const subject = "$SYS.DEBUG.SUBSCRIBERS";

/**
 * Answers `$SYS.DEBUG.SUBSCRIBERS` in the system account: how many subscriptions of clients get what is published on a
 * subject, or, if that has wildcards, are among it. After a blank may stand a queue group, which only is counted then.
 * Counted is the account that asks.
 *
 * @param find - The account of a name.
 */
export function serveSubscribers(
  systemAccount: Account,
  find: (name: string) => Account | undefined,
): void {
  const answer = (request: MessageView): void => {
    if (!request.hasReply) return;
    const info = request.via === undefined ? undefined : readRequestInfo(request);
    const asker = info?.svc ?? info?.acc;
    const account = asker === undefined ? systemAccount : find(asker);
    if (account === undefined) return;
    const start = request.payloadStart + request.headersSize;
    const text = request.payloadBuffer.toString("utf8", start, request.payloadEnd).trim();
    const [wanted = "", queue] = text.split(" ");
    send(systemAccount, request, String(countSubscribers(account, wanted, queue)));
  };
  systemAccount.subscribe(new InternalSubscription(subject, answer));
}

/** How many subscriptions of clients in an account get what is published on `wanted`, or, if that has wildcards, are in it. */
export function countSubscribers(
  account: Account,
  wanted: string,
  queue: string | undefined,
): number {
  const isCounted = (subscription: Subscription): boolean =>
    isOfClient(subscription) && (queue === undefined || subscription.queue === queue);
  if (isValidLiteral(wanted)) {
    const bytes = Buffer.from(wanted);
    const { plain, queues } = account.match(bytes, 0, bytes.length);
    return [...plain, ...queues.flat()].filter(isCounted).length;
  }
  let total = 0;
  account.forEachSubscription((subscription) => {
    if (isCounted(subscription) && subjectIsSubset(subscription.subject, wanted)) total++;
  });
  return total;
}

function isOfClient(subscription: Subscription): boolean {
  return subscription instanceof ShadowSubscription
    ? isOfClient(subscription.original)
    : subscription instanceof ClientSubscription;
}

function send(account: Account, request: MessageView, text: string): void {
  const view = new MessageView();
  const payload = Buffer.from(text);
  view.setSubject(request.replyBuffer, request.replyStart, request.replyEnd);
  view.setPayload(payload, 0, payload.length, 0);
  account.publish(view);
}
