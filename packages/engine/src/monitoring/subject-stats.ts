import type { Account } from "../routing/account.ts";

/** Subscriptions and their cache of some accounts, with the fields of nats-server. */
export function subjectStats(accounts: Iterable<Account>): Record<string, unknown> {
  let subscriptions = 0;
  let inserts = 0;
  let removes = 0;
  let matches = 0;
  let misses = 0;
  let entries = 0;
  let fanout = 0;
  let fanoutMax = 0;
  for (const account of accounts) {
    const stats = account.subjectStats();
    subscriptions += account.subscriptionCount;
    inserts += stats.inserts;
    removes += stats.inserts - account.subscriptionCount;
    matches += stats.matches;
    misses += stats.misses;
    entries += stats.entries;
    fanout += stats.fanout;
    fanoutMax = Math.max(fanoutMax, stats.fanoutMax);
  }
  return {
    num_subscriptions: subscriptions,
    num_cache: entries,
    num_inserts: inserts,
    num_removes: removes,
    num_matches: matches,
    cache_hit_rate: matches === 0 ? 0 : (matches - misses) / matches,
    max_fanout: fanoutMax,
    avg_fanout: entries === 0 ? 0 : fanout / entries,
  };
}
