import type { TlsSession } from "@oxbow/base";
import { shownUser } from "../auth/verdicts.ts";
import type { ConnectionType } from "../options/permissions.ts";
import type { Traffic } from "../routing/traffic.ts";
import type { ClientSubscription } from "./client-subscription.ts";

/** A subscription of a client, as monitoring shows it. */
export interface SubscriptionFacts {
  readonly subject: string;
  readonly queue: string;
  readonly sid: string;
  /** Messages it got so far. */
  readonly messages: number;
  /** Messages after which it ends; 0 is never. */
  readonly max: number;
}

/** A connection, or what is remembered of one, as monitoring shows it. Times in wall-clock milliseconds. */
export interface ConnectionFacts {
  readonly id: number;
  readonly door: ConnectionType;
  readonly address: string;
  readonly port: number;
  readonly startedAtMs: number;
  /** When it last published, subscribed or unsubscribed. */
  readonly lastActivityAtMs: number;
  /** 0 if it is not known yet. */
  readonly rttMs: number;
  readonly pendingBytes: number;
  readonly traffic: Readonly<Traffic>;
  readonly stalls: number;
  readonly subscriptionCount: number;
  readonly name: string;
  readonly lang: string;
  readonly version: string;
  readonly tls: TlsSession | undefined;
  /** Whether encryption came before anything else. */
  readonly isTlsFirst: boolean;
  /** Distinguished name in the certificate it has shown. */
  readonly certificateSubject: string;
  /** Who it says it is; a token is not shown. */
  readonly user: string;
  readonly accountName: string;
  readonly jwt: string;
  /** Whether the JWT is worth something without its key. */
  readonly isBearer: boolean;
  readonly issuerKey: string;
  readonly tags: readonly string[];
  /** Its subscriptions; a closed one's are those it had last. */
  readonly subscriptions: Iterable<SubscriptionFacts>;
}

/** A connection that is over. */
export interface ClosedConnection extends ConnectionFacts {
  readonly stoppedAtMs: number;
  /** In the words of nats-server. */
  readonly reason: string;
}

/** Who somebody with `credentials` is called. One with a JWT is called by the key that it is about. */
export function rawUser(
  credentials: Parameters<typeof shownUser>[0],
  userKey: string | undefined,
): string {
  const { nkey, user, jwt } = credentials;
  if (nkey === "" && user === "" && jwt !== "") return userKey ?? "";
  return shownUser(credentials);
}

/** {@link SubscriptionFacts} of a client's subscriptions, made anew each time they are gone through. */
export function subscriptionFacts(
  subscriptions: Iterable<ClientSubscription>,
): Iterable<SubscriptionFacts> {
  return {
    *[Symbol.iterator]() {
      for (const { subject, queue, sid, deliveredCount, max } of subscriptions) {
        yield { subject, queue, sid: sid.toString("utf8"), messages: deliveredCount, max };
      }
    },
  };
}
