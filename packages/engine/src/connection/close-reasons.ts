/** What monitoring and events of nats-server call the end of a connection, by the text that its client got. */
const reasons: Readonly<Record<string, string>> = {
  "Authentication Timeout": "Authentication Timeout",
  "Authorization Violation": "Authentication Failure",
  "Unknown Protocol Operation": "Protocol Violation",
  "Maximum Payload Violation": "Maximum Message Payload Exceeded",
  "maximum control line exceeded": "Maximum Control Line Exceeded",
  "maximum connections exceeded": "Maximum Connections Exceeded",
  "maximum account active connections exceeded": "Maximum Account Connections Exceeded",
  "maximum subscriptions exceeded": "Maximum Subscriptions Exceeded",
  "invalid client protocol": "Bad Client Protocol Version",
  "no responders requires headers support": "No Responders Requires Headers",
  "Stale Connection": "Stale Connection",
  "User Authentication Expired": "Authentication Expired",
  "Account Authentication Expired": "Authentication Expired",
  "User Authentication Revoked": "Credentials Revoked",
};

/** The reason for a connection's end that was announced to the client with `errorText`. */
export function closeReasonOf(errorText: string): string {
  return reasons[errorText] ?? errorText;
}
