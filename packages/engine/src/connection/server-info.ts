import { infoFrame } from "@oxbow/wire/nats";
import type { ServerIdentity } from "../auth/server-identity.ts";
import { timestampOf } from "../routing/event-head.ts";
import type { PortInfo } from "./door.ts";

/** The NATS version this server says it is. Clients switch features on it, so all of that version must be there. */
export const SERVER_VERSION = "2.14.5";

/** The JetStream API level that goes with {@link SERVER_VERSION}. */
export const JETSTREAM_API_LEVEL = 4;

/** What stands in the `go` field of INFO, where nats-server tells what it was built with. */
export const BUILD_NAME = "oxbow";

/**
 * What a server with JetStream can do, in bits: JetStream, snapshots of streams in a binary form, and replication in the
 * account it is for, which of a lone server nobody can ask.
 */
const jetStreamFlags = 7;

/** Experiments of nats-server that a configuration may switch on there; here they are off. */
export const FEATURE_FLAGS = { js_ack_fc_v2: false, js_raft_delete_range: false } as const;

/** What a server was told about itself, to show to those who look. */
export interface ServerLabels {
  readonly tags?: readonly string[] | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** What the INFO of one connection says beside what all of them say. */
export interface ConnectionInfo {
  readonly clientId: number;
  /** Empty while it is not known, because a proxy stands between. */
  readonly clientAddress: string;
  /** The port it came in by. */
  readonly port: PortInfo;
  /** Whether this client has to show credentials. */
  readonly isAuthRequired: boolean;
  /** Largest message it may send. */
  readonly payloadMax: number;
  /** What the client may sign; empty where nobody would look at it. */
  readonly nonce?: string | undefined;
  /** Set in the INFO that answers a client's first PING: the name of its account. */
  readonly remoteAccount?: string | undefined;
  /** Whether that account is the system account. */
  readonly isSystemAccount?: boolean | undefined;
  /** Tells the client to go elsewhere, because the server is about to stop. */
  readonly isLameDuck?: boolean | undefined;
}

/** What the INFO of one connection says at the port for leaf nodes. */
export interface LeafInfo {
  readonly clientId: number;
  readonly nonce: string;
  /** Where it listens. */
  readonly host: string;
  readonly port: number;
  /** Where others reach it. */
  readonly publicHost: string;
  readonly payloadMax: number;
  readonly isTlsRequired: boolean;
  readonly isTlsVerified: boolean;
}

/** Version of the protocol between servers. */
const serverProtocol = 3;

/** What this server tells about itself to whoever connects. */
export class ServerInfo {
  readonly id: string;
  readonly name: string;
  /** Where it listens; the port is 0 until it does. */
  host = "";
  port = 0;
  /** Whether streams can be had here. */
  hasJetStream: boolean;
  labels: ServerLabels;
  readonly #curveKey: string;
  readonly #domain: string | undefined;
  #eventCount = 0;

  constructor(
    identity: ServerIdentity,
    options: {
      readonly name: string | undefined;
      readonly hasJetStream: boolean;
      /** The JetStream domain, if it has one. */
      readonly domain?: string | undefined;
      readonly labels?: ServerLabels | undefined;
    },
  ) {
    this.id = identity.id;
    this.name = options.name ?? identity.id;
    this.#curveKey = identity.curveKey;
    this.hasJetStream = options.hasJetStream;
    this.labels = options.labels ?? {};
    this.#domain = options.domain;
  }

  /** What events say of the server, each with a number of its own. */
  eventHead(nowMs: number): Readonly<Record<string, unknown>> {
    const { tags = [], metadata = {} } = this.labels;
    return {
      name: this.name,
      host: this.host,
      id: this.id,
      ...(this.#domain !== undefined && { domain: this.#domain }),
      ver: SERVER_VERSION,
      ...(tags.length > 0 && { tags }),
      ...(Object.keys(metadata).length > 0 && { metadata }),
      feature_flags: FEATURE_FLAGS,
      jetstream: this.hasJetStream,
      flags: this.hasJetStream ? jetStreamFlags : 0,
      seq: ++this.#eventCount,
      time: timestampOf(nowMs),
    };
  }

  /** The INFO line for a connection. Fields and their order are nats-server's; what is false is left out. */
  encode(connection: ConnectionInfo): Buffer {
    const { clientId, clientAddress, port, nonce, remoteAccount, isSystemAccount } = connection;
    const info = {
      server_id: this.id,
      server_name: this.name,
      version: SERVER_VERSION,
      proto: 1,
      go: BUILD_NAME,
      host: port.host,
      port: port.port,
      headers: true,
      ...(connection.isAuthRequired && { auth_required: true }),
      ...(port.isTlsRequired && { tls_required: true }),
      ...(port.isTlsVerified && { tls_verify: true }),
      ...(port.isTlsAvailable && { tls_available: true }),
      max_payload: connection.payloadMax,
      ...(this.hasJetStream && { jetstream: true }),
      client_id: clientId,
      ...(clientAddress !== "" && { client_ip: clientAddress }),
      ...(nonce && { nonce }),
      ...(connection.isLameDuck && { ldm: true }),
      ...(this.#domain !== undefined && { domain: this.#domain }),
      ...(remoteAccount !== undefined && { connect_info: true, remote_account: remoteAccount }),
      ...(isSystemAccount && { acc_is_sys: true }),
      api_lvl: JETSTREAM_API_LEVEL,
      xkey: this.#curveKey,
    };
    return infoFrame(info);
  }

  /** The INFO line of the port for leaf nodes. Nothing is said of compression: there is none. */
  encodeLeaf(leaf: LeafInfo): Buffer {
    const { publicHost } = leaf;
    const url = `${publicHost.includes(":") ? `[${publicHost}]` : publicHost}:${leaf.port}`;
    return infoFrame({
      server_id: this.id,
      server_name: this.name,
      version: SERVER_VERSION,
      proto: serverProtocol,
      go: BUILD_NAME,
      host: leaf.host,
      port: leaf.port,
      headers: true,
      auth_required: true,
      ...(leaf.isTlsRequired && { tls_required: true }),
      ...(leaf.isTlsVerified && { tls_verify: true }),
      max_payload: leaf.payloadMax,
      ...(this.hasJetStream && { jetstream: true }),
      ip: url,
      client_id: leaf.clientId,
      nonce: leaf.nonce,
      api_lvl: JETSTREAM_API_LEVEL,
      info_on_connect: true,
      leafnode_urls: [url],
    });
  }
}
