import { ClientSubscription } from "../connection/client-subscription.ts";
import type { Engine } from "../engine.ts";
import type { Account } from "../routing/account.ts";
import { timestampOf } from "../routing/event-head.ts";
import type { Subscription } from "../routing/subscription.ts";
import { isValidLiteral, subjectIsSubset } from "../subjects/subject.ts";
import { BadRequest } from "./bad-request.ts";
import { LaterList } from "./json-page.ts";
import type { Pacer } from "./pacer.ts";
import { subjectStats } from "./subject-stats.ts";

/** What to tell of subscriptions. */
export interface SubszOptions {
  /** Whether to list them. */
  readonly isListed: boolean;
  readonly offset: number;
  /** 0 or less is 1,024. */
  readonly limit: number;
  /** Only of this account; empty is all. */
  readonly account: string;
  /** Only those that get messages on this subject; empty is all. */
  readonly test: string;
}

const limitDefault = 1024;

/**
 * The subscriptions of a server, those of its own included, with the fields of nats-server's `/subsz`.
 *
 * @throws BadRequest
 */
export async function subsz(
  engine: Engine,
  options: SubszOptions,
): Promise<Record<string, unknown>> {
  const { isListed, account, test } = options;
  if (test !== "" && !isValidLiteral(test)) {
    throw new BadRequest(`invalid test subject, must be valid publish subject: ${test}`);
  }
  const offset = Math.max(0, options.offset);
  const limit = options.limit <= 0 ? limitDefault : options.limit;
  const accounts = [...engine.accounts.values()].filter(
    ({ name }) => account === "" || name === account,
  );
  const pacer = engine.pacer();
  const shown: Found[] = [];
  let total = 0;
  for (const one of isListed ? accounts : []) {
    const found = await subscriptionsOf(one, test, pacer);
    const page = found.slice(Math.max(0, offset - total), Math.max(0, offset + limit - total));
    for (const subscription of page) shown.push({ account: one, subscription });
    total += found.length;
  }
  return {
    server_id: engine.info.id,
    now: timestampOf(engine.nowMs()),
    ...subjectStats(accounts),
    total,
    offset,
    limit,
    ...(shown.length > 0 && {
      subscriptions_list: LaterList.of(shown, ({ account: { name }, subscription }) => ({
        account: name,
        account_tag: engine.accountTag(name),
        ...describe(subscription),
      })),
    }),
  };
}

interface Found {
  readonly account: Account;
  readonly subscription: Subscription;
}

async function subscriptionsOf(
  account: Account,
  test: string,
  pacer: Pacer,
): Promise<Subscription[]> {
  const all: Subscription[] = [];
  account.forEachSubscription((subscription) => {
    all.push(subscription);
  });
  if (test === "") return all;
  const found: Subscription[] = [];
  for (const subscription of all) {
    if (subjectIsSubset(test, subscription.subject)) found.push(subscription);
    if (pacer.isDue) await pacer.pause();
  }
  return found;
}

/** The server's own have no connection, and so no number there. */
function describe(subscription: Subscription): object {
  const { subject, queue } = subscription;
  const head = { subject, ...(queue !== "" && { qgroup: queue }) };
  if (!(subscription instanceof ClientSubscription)) return { ...head, sid: "", msgs: 0, cid: 0 };
  const { sid, deliveredCount, max, subscriber } = subscription;
  return {
    ...head,
    sid: sid.toString("utf8"),
    msgs: deliveredCount,
    ...(max > 0 && { max }),
    cid: subscriber.id,
  };
}
