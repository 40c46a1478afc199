import { defaultLimits, isNkey } from "@oxbow/engine";
import type { ConfigDraft } from "./draft.ts";
import { cluster, gateway, mqtt } from "./other-servers.ts";
import { aliases, type Fields, readMap } from "./reading.ts";
import { unsupported, withoutEffect } from "./unsupported.ts";
import {
  boolean,
  integer,
  readArray,
  readBoolean,
  readInteger,
  readMapValue,
  readText,
  unfit,
} from "./values.ts";

/** nats-server keeps this limit in a byte. */
const subjectTokensMax = 255;

const proxyFields: Fields<string[]> = {
  trusted: (keys, value, _reading, entry) => {
    for (const proxy of readArray(value, entry.key)) {
      for (const { key, value: text } of readMapValue(proxy, "proxies' trusted entry").values()) {
        const name = key.toLowerCase();
        if (name !== "key" && name !== "public_key") throw unfit(text, `unknown field "${key}"`);
        const publicKey = readText(text, key);
        if (!isPublicKey(publicKey)) throw unfit(text, `invalid proxy key "${publicKey}"`);
        keys.push(publicKey);
      }
    }
  },
};

/** Keys about other servers, proxies, and what Oxbow does otherwise or not at all. */
export const otherFields: Fields<ConfigDraft> = {
  cluster,
  gateway,
  mqtt,
  proxies: (draft, value, reading, entry) => {
    const keys: string[] = [];
    readMap(readMapValue(value, entry.key), proxyFields, keys, reading);
    draft.trustedProxies = keys;
  },
  prof_port: integer((draft, value) => {
    draft.profilingPort = value;
  }),
  prof_block_rate: withoutEffect("Node has profilers of its own"),
  ocsp: unsupported("certificates are served without a stapled answer of their issuer"),
  ocsp_cache: withoutEffect("certificates are not checked with their issuers"),
  ...aliases(
    ["disable_sublist_cache", "no_sublist_cache"],
    withoutEffect("the cache of matches has a fixed bound"),
  ),
  ...aliases(
    ["no_system_account", "no_system", "no_sys_acc"],
    withoutEffect("the system account is there, and nobody is in it unless a user is put there"),
  ),
  no_header_support: unsupported("headers are always on"),
  ...aliases(["max_sub_tokens", "max_subscription_tokens"], (draft, value, _reading, entry) => {
    const count = readInteger(value, entry.key);
    if (count > subjectTokensMax) throw unfit(value, `${entry.key} value is too big`);
    if (count < 0) throw unfit(value, `${entry.key} value can not be negative`);
    draft.limits.subscriptionTokensMax = count;
  }),
  no_fast_producer_stall: boolean((draft, value) => {
    draft.limits.publisherStallMs = value ? 0 : defaultLimits.publisherStallMs;
  }),
  ...aliases(
    ["connect_error_reports", "reconnect_error_reports"],
    withoutEffect("no connections to other servers are made"),
  ),
  write_timeout: (_draft, value, _reading, entry) => {
    const word = readText(value, entry.key);
    if (word === "default" || word === "close") return;
    if (word === "retry") {
      throw unfit(value, "write_timeout: not supported: a client that takes nothing is cut off");
    }
    throw unfit(value, "write_timeout must be 'default', 'close' or 'retry'");
  },
  default_js_domain: unsupported("there are no leaf nodes whose domain could be meant"),
  feature_flags: (_draft, value, reading, entry) => {
    for (const { key, value: flag } of readMapValue(value, entry.key).values()) {
      if (readBoolean(flag, key)) reading.findings.note(`feature flag ${key} is not known`);
    }
  },
};

/** Public keys of any kind sign for proxies. */
function isPublicKey(text: string): boolean {
  const kinds = ["operator", "account", "user", "server", "cluster", "curve"] as const;
  return kinds.some((kind) => isNkey(kind, text));
}
