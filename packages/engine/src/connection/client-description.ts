import type { Identity } from "../auth/identity.ts";
import type { ConnectionType } from "../options/permissions.ts";
import type { ClientInfo } from "../routing/client-info.ts";
import { timestampOf } from "../routing/event-head.ts";

/** What is known of a client. */
export interface ClientFacts {
  readonly id: number;
  readonly accountName: string;
  readonly identity: Identity | undefined;
  readonly address: string;
  readonly door: ConnectionType;
  /** When it connected, in wall-clock milliseconds. */
  readonly startedAtMs: number;
  /** 0 if it is not known yet. */
  readonly rttMs: number;
  readonly name: string;
  readonly lang: string;
  readonly version: string;
  readonly serverName: string;
}

const nsPerMs = 1e6;

/**
 * What is told about a client to those it asks something of.
 *
 * @param isDetailed - Everything; else only its account and round-trip time.
 */
export function describeClient(facts: ClientFacts, isDetailed: boolean): ClientInfo {
  const brief = {
    acc: facts.accountName,
    ...(facts.rttMs > 0 && { rtt: Math.round(facts.rttMs * nsPerMs) }),
  };
  if (!isDetailed) return brief;
  const { identity } = facts;
  return {
    ...brief,
    start: timestampOf(facts.startedAtMs),
    host: facts.address,
    id: facts.id,
    user: identity?.user ?? "",
    name: facts.name,
    lang: facts.lang,
    ver: facts.version,
    server: facts.serverName,
    jwt: identity?.jwt ?? "",
    issuer_key: identity?.issuerKey ?? "",
    name_tag: identity?.nameTag ?? "",
    tags: identity?.tags ?? [],
    kind: "Client",
    client_type: typeOf(facts.door),
  };
}

function typeOf(door: ConnectionType): string {
  if (door.startsWith("MQTT")) return "mqtt";
  return door === "WEBSOCKET" ? "websocket" : "nats";
}
