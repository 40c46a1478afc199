import type { UpgradeRequest } from "@oxbow/base";
import { parseAddress } from "@oxbow/wire/proxy-protocol";
import type { Credentials } from "../auth/identity.ts";
import type { WebSocketOptions } from "../options/transports.ts";
import { readCookies } from "./cookies.ts";
import type { OriginRule } from "./origin-rule.ts";

/** What a good request for an upgrade brings along. */
export interface Upgrade {
  /** From cookies, for fields that the client leaves empty in CONNECT. */
  readonly credentials: Partial<Credentials>;
  /** Where a proxy says the client is. */
  readonly forwardedAddress: string | undefined;
}

/** Why there is no upgrade, with the status of HTTP that says so. */
export interface UpgradeRefusal {
  readonly status: number;
  readonly reason: string;
}

/** Ends of paths where other protocols than the client's are spoken; nobody speaks them here. */
const otherEndpoints: readonly (readonly [suffix: string, reason: string])[] = [
  ["/mqtt", "mqtt websocket endpoint not enabled"],
  ["/leafnode", "leafnode websocket endpoint not enabled"],
];

/** 16 bytes in base64. */
const keyPattern = /^[A-Za-z0-9+/]{22}==$/;

/** Judges a request for an upgrade in the order, and with the statuses, of nats-server. */
export function readUpgrade(
  request: UpgradeRequest,
  options: WebSocketOptions,
  origins: OriginRule,
): Upgrade | UpgradeRefusal {
  const { method, headers } = request;
  const path = request.target.replace(/[?#].*$/s, "");
  for (const [suffix, reason] of otherEndpoints) {
    if (path.endsWith(suffix)) return { status: 404, reason };
  }
  if (method !== "GET") return { status: 405, reason: "request method must be GET" };
  if (!headers["host"]) return { status: 400, reason: "'Host' missing in request" };
  if (!holdsToken(headers["upgrade"], "websocket")) return invalid("'Upgrade'");
  if (!holdsToken(headers["connection"], "upgrade")) return invalid("'Connection'");
  const key = headers["sec-websocket-key"] ?? "";
  if (key === "") return { status: 400, reason: "key missing" };
  if (!keyPattern.test(key)) return { status: 400, reason: "invalid websocket key" };
  if (!holdsToken(headers["sec-websocket-version"], "13")) {
    return { status: 400, reason: "invalid version" };
  }
  const objection = origins.objection(headers);
  if (objection !== undefined) return { status: 403, reason: `origin not allowed: ${objection}` };
  return {
    credentials: credentialsOf(headers["cookie"], options),
    forwardedAddress: forwardedAddress(headers["x-forwarded-for"]),
  };
}

function invalid(header: string): UpgradeRefusal {
  return { status: 400, reason: `invalid value for header ${header}` };
}

/** Whether `value` is a list between commas that has `token` in it, in any case. */
function holdsToken(value: string | undefined, token: string): boolean {
  return (value ?? "").split(",").some((part) => part.trim().toLowerCase() === token);
}

function credentialsOf(
  header: string | undefined,
  options: WebSocketOptions,
): Partial<Credentials> {
  if (header === undefined) return {};
  const cookies = readCookies(header);
  const cookie = (name: string | undefined): string => (name && cookies.get(name)) || "";
  return {
    jwt: cookie(options.jwtCookie),
    user: cookie(options.userCookie),
    password: cookie(options.passwordCookie),
    token: cookie(options.tokenCookie),
  };
}

/** The first address in the header: each proxy adds the one it was asked from. */
function forwardedAddress(header: string | undefined): string | undefined {
  const first = (header ?? "").split(",")[0]?.trim() ?? "";
  return parseAddress(first) === undefined ? undefined : first;
}
