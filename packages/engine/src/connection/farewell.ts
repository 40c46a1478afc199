import type { Farewell } from "@oxbow/base";

/** Statuses of WebSocket (RFC 6455, section 7.4.1). */
const normal = 1000;
const goingAway = 1001;
const protocolError = 1002;
const policyViolation = 1008;
const tooBig = 1009;
const internalError = 1011;

/** By the reason of the end, as nats-server chooses them. */
const statuses: Readonly<Record<string, number>> = {
  "Client Closed": normal,
  "Authentication Timeout": policyViolation,
  "Authentication Failure": policyViolation,
  "Authentication Expired": policyViolation,
  "Credentials Revoked": policyViolation,
  "Missing Account": policyViolation,
  "Maximum Account Connections Exceeded": policyViolation,
  "Maximum Connections Exceeded": policyViolation,
  "Maximum Control Line Exceeded": policyViolation,
  "Maximum Subscriptions Exceeded": policyViolation,
  "Protocol Violation": protocolError,
  "Parse Error": protocolError,
  "Bad Client Protocol Version": protocolError,
  "Maximum Message Payload Exceeded": tooBig,
  "Stale Connection": goingAway,
  "Server Shutdown": goingAway,
};

/** What a WebSocket client is told last when its connection ends for `reason`. */
export function farewellOf(reason: string): Farewell {
  return { status: statuses[reason] ?? internalError, text: reason };
}
