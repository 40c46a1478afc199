import { createHash, createPublicKey } from "node:crypto";
import { formatGoDuration } from "@oxbow/wire/go-text";
import { globalAccountName } from "../auth/verdicts.ts";
import type {
  ClosedConnection,
  ConnectionFacts,
  SubscriptionFacts,
} from "../connection/connection-facts.ts";
import { timestampOf } from "../routing/event-head.ts";
import { LaterList } from "./json-page.ts";
import { formatUptime } from "./uptime.ts";

const nsPerMs = 1e6;

/** What is wanted of connections beside the usual. */
export interface ConnectionDetails {
  /** Who they are. */
  readonly hasUser: boolean;
  readonly subscriptions: "none" | "subjects" | "details";
}

/** A connection as `/connz` shows it, in nats-server's order. */
export function connectionInfo(
  facts: ConnectionFacts | ClosedConnection,
  nowMs: number,
  details: ConnectionDetails,
  accountTag: (name: string) => string,
): Record<string, unknown> {
  const { traffic } = facts;
  const closed = "stoppedAtMs" in facts ? facts : undefined;
  const untilMs = closed?.stoppedAtMs ?? nowMs;
  return {
    cid: facts.id,
    kind: "Client",
    type: facts.door === "WEBSOCKET" ? "websocket" : "nats",
    ip: facts.port === 0 ? "" : facts.address,
    port: facts.port,
    start: timestampOf(facts.startedAtMs),
    last_activity: timestampOf(facts.lastActivityAtMs),
    ...(closed !== undefined && {
      stop: timestampOf(closed.stoppedAtMs),
      reason: closed.reason,
    }),
    rtt: formatGoDuration(BigInt(Math.round(shownRttMs(facts.rttMs) * nsPerMs))),
    uptime: formatUptime(untilMs - facts.startedAtMs),
    idle: formatUptime(untilMs - facts.lastActivityAtMs),
    pending_bytes: facts.pendingBytes,
    in_msgs: traffic.inMessages,
    out_msgs: traffic.outMessages,
    in_bytes: traffic.inBytes,
    out_bytes: traffic.outBytes,
    ...(facts.stalls > 0 && { stalls: facts.stalls }),
    subscriptions: facts.subscriptionCount,
    ...(facts.name !== "" && { name: facts.name }),
    ...(facts.lang !== "" && { lang: facts.lang }),
    ...(facts.version !== "" && { version: facts.version }),
    ...encryption(facts, details.hasUser),
    ...(details.hasUser && user(facts)),
    ...subscriptionsOf(facts, details.subscriptions, accountTag),
    ...(details.hasUser && credentials(facts, closed !== undefined, accountTag)),
  };
}

/** A subscription as lists show it. */
export function subscriptionInfo(
  { subject, queue, sid, messages, max }: SubscriptionFacts,
  connectionId: number,
): Record<string, unknown> {
  return {
    subject,
    ...(queue !== "" && { qgroup: queue }),
    sid,
    msgs: messages,
    ...(max > 0 && { max }),
    cid: connectionId,
  };
}

/** Nobody wants to know nanoseconds of a round trip over a network. */
function shownRttMs(rttMs: number): number {
  return rttMs > 0.001 && rttMs < 1 ? Math.floor(rttMs * 1000) / 1000 : rttMs;
}

function encryption(facts: ConnectionFacts, showsCertificate: boolean): object {
  const { tls } = facts;
  if (tls === undefined) return {};
  const { version, cipherSuite, peerCertificate } = tls;
  return {
    tls_version: version.replace("TLSv", ""),
    tls_cipher_suite: cipherSuite,
    ...(showsCertificate &&
      peerCertificate !== undefined && {
        tls_peer_certs: [certificateInfo(peerCertificate, facts.certificateSubject)],
      }),
    ...(facts.isTlsFirst && { tls_first: true }),
  };
}

function certificateInfo(der: Buffer, subject: string): object {
  const pem = `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----`;
  const publicKey = createPublicKey(pem);
  return {
    ...(subject !== "" && { subject }),
    spki_sha256: sha256(publicKey.export({ type: "spki", format: "der" })),
    cert_sha256: sha256(der),
  };
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function user({ user, accountName }: ConnectionFacts): object {
  return {
    ...(user !== "" && { authorized_user: user }),
    ...(accountName !== globalAccountName && { account: accountName }),
  };
}

function subscriptionsOf(
  facts: ConnectionFacts,
  wanted: ConnectionDetails["subscriptions"],
  accountTag: (name: string) => string,
): object {
  const { id, subscriptionCount, subscriptions, accountName } = facts;
  if (wanted === "none" || subscriptionCount === 0) return {};
  const all = [...subscriptions];
  if (wanted === "subjects") return { subscriptions_list: all.map(({ subject }) => subject) };
  // As nats-server has it, only those of closed connections say where they were.
  const account = "stoppedAtMs" in facts && {
    account: accountName,
    account_tag: accountTag(accountName),
  };
  return {
    subscriptions_list_detail: LaterList.of(all, (one) => ({
      ...account,
      ...subscriptionInfo(one, id),
    })),
  };
}

function credentials(
  facts: ConnectionFacts,
  isClosed: boolean,
  accountTag: (name: string) => string,
): object {
  const { jwt, isBearer, issuerKey, tags, accountName } = facts;
  const nameTag = isClosed && accountName === globalAccountName ? "" : accountTag(accountName);
  return {
    ...(jwt !== "" && !isBearer && { jwt }),
    ...(issuerKey !== "" && { issuer_key: issuerKey }),
    ...(nameTag !== "" && { name_tag: nameTag }),
    ...(tags.length > 0 && { tags }),
  };
}
