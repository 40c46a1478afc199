import type { Account } from "./account.ts";
import { AccountExports } from "./account-exports.ts";
import { AccountImports } from "./account-imports.ts";
import { PendingReplies } from "./pending-replies.ts";
import { PendingResponses } from "./pending-responses.ts";
import type { RoutingServices } from "./routing-services.ts";
import { ServiceLatency } from "./service-latency.ts";
import type { Subscription } from "./subscription.ts";

/** What an account shares with others: its exports and imports, and the answers under way between them. */
export class AccountSharing {
  readonly account: Account;
  readonly services: RoutingServices;
  readonly exports: AccountExports;
  readonly imports: AccountImports;
  /** Answers owed to others. */
  readonly responses: PendingResponses;
  /** Answers owed by others. */
  readonly replies: PendingReplies;
  readonly latency: ServiceLatency;

  constructor(account: Account, services: RoutingServices) {
    this.account = account;
    this.services = services;
    this.exports = new AccountExports(account.name, services.clock);
    this.imports = new AccountImports(this);
    this.responses = new PendingResponses(this);
    this.replies = new PendingReplies(this);
    this.latency = new ServiceLatency(this);
  }

  onSubscribed(subscription: Subscription): void {
    this.imports.shadows.onSubscribed(subscription);
  }

  onUnsubscribed(subscription: Subscription): void {
    this.imports.shadows.onUnsubscribed(subscription);
    this.replies.onUnsubscribed(subscription.subjectBytes);
  }

  /** Whether anybody waits for the answer of a service on the subject in `[start, end)` of `buffer`. */
  isAnswerWanted(buffer: Buffer, start: number, end: number): boolean {
    const response = this.responses.find(buffer, start, end);
    if (response === undefined) return false;
    const { requester, replyBytes } = response;
    return requester.account.hasInterest(replyBytes, 0, replyBytes.length);
  }

  /** Stops its timers. */
  close(): void {
    this.exports.close();
  }
}
