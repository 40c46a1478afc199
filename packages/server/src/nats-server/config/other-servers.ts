import { type ConfValue, describeConfKind } from "@oxbow/wire/nats-conf";
import type { ConfigDraft } from "./draft.ts";
import { aliases, type Field, type Fields, type Reading, readMap } from "./reading.ts";
import { readArray, readListen, readMapValue, readText, readTexts, unfit } from "./values.ts";

/** Why blocks about other servers are passed over or refused. */
const oneNode = "Oxbow is one node and joins no other server";

/** What a block for links between servers says, as far as one node looks at it. */
interface LinkDraft {
  name?: string;
  /** Addresses of servers it would join. */
  peers?: readonly string[];
}

/** Keys that say how links are made, of which there are none. */
const passed: Field<LinkDraft> = () => {};

const name: Field<LinkDraft> = (link, value, _reading, entry) => {
  link.name = readText(value, entry.key);
  if (link.name.includes(" ")) throw unfit(value, `${entry.key} cannot contain spaces`);
};

const linkFields: Fields<LinkDraft> = {
  name,
  listen: (_link, value) => void readListen(value),
  ...aliases(
    "port host net authorization tls advertise connect_retries connect_backoff".split(" "),
    passed,
  ),
  ...aliases(["write_deadline", "write_timeout"], passed),
};

export const clusterFields: Fields<LinkDraft> = {
  ...linkFields,
  routes: (link, value, _reading, entry) => {
    link.peers = readTexts(value, entry.key);
  },
  ...aliases(
    "cluster_advertise no_advertise permissions pool_size accounts compression ping_interval ping_max".split(
      " ",
    ),
    passed,
  ),
};

export const gatewayFields: Fields<LinkDraft> = {
  ...linkFields,
  gateways: (link, value, _reading, entry) => {
    link.peers = readArray(value, entry.key).map((item) => readGatewayName(item));
  },
  ...aliases(["reject_unknown", "reject_unknown_cluster"], passed),
};

function readGatewayName(item: ConfValue): string {
  for (const { key, value } of readMapValue(item, "gateways").values()) {
    if (key.toLowerCase() === "name") return readText(value, "name");
  }
  return "";
}

/** `cluster`: without routes it names the cluster and opens a port for others, neither of which a lone node needs. */
export const cluster: Field<ConfigDraft> = (draft, value, reading) => {
  const { name, peers } = readLink(value, "cluster", clusterFields, reading);
  draft.cluster = { ...draft.cluster, name, listens: true, routes: peers };
};

/** `gateway`: likewise; its list may name the own cluster. */
export const gateway: Field<ConfigDraft> = (_draft, value, reading) => {
  const { name, peers = [] } = readLink(value, "gateway", gatewayFields, reading);
  if (peers.some((peer) => peer !== name)) {
    throw unfit(value, `gateway gateways: not supported: ${oneNode}; take them out`);
  }
  reading.findings.note(`gateway: ${oneNode}: no port is opened for it`);
};

function readLink(
  value: ConfValue,
  block: string,
  fields: Fields<LinkDraft>,
  reading: Reading,
): LinkDraft {
  if (value.kind !== "map") {
    throw unfit(value, `Expected map to define ${block}, got ${describeConfKind(value)}`);
  }
  const link: LinkDraft = {};
  readMap(value.entries, fields, link, reading);
  return link;
}

/** `mqtt`: clients would find nobody there. */
export const mqtt: Field<ConfigDraft> = (_draft, value) => {
  if (value.kind === "map" && value.entries.size === 0) return;
  throw unfit(value, "mqtt: not supported: Oxbow does not speak MQTT; take the block out");
};
