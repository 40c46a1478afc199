/** Who may connect to a test server. Absent means everybody, without credentials. */
export interface ServerAuthorization {
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** How long a connection may stay silent before it must have sent CONNECT. */
  readonly timeoutMs?: number;
}

/**
 * What a test may ask of a server it starts. Every field becomes one setting of nats-server's configuration file, which
 * Oxbow reads as well; an absent field leaves the server's own default in force.
 */
export interface ServerOptions {
  readonly authorization?: ServerAuthorization;
  readonly maxPayloadBytes?: number;
  readonly maxControlLineBytes?: number;
  readonly maxConnections?: number;
  /** Bytes one connection may have queued before it counts as a slow consumer. */
  readonly maxPendingBytes?: number;
  readonly writeDeadlineMs?: number;
  readonly pingIntervalMs?: number;
  /** Unanswered PINGs after which a connection is stale. */
  readonly pingMax?: number;
  /** When JetStream syncs its files: `always`, or a duration such as `10s`. */
  readonly syncInterval?: string;
}

/** The lines of the configuration file for `options`, in nats-server's syntax. */
export function configText(options: ServerOptions, dataDirectory: string): string {
  const sync = options.syncInterval === undefined ? "" : `, sync_interval: ${options.syncInterval}`;
  const lines = [
    'host: "127.0.0.1"',
    "port: -1",
    `jetstream { store_dir: ${quote(dataDirectory)}${sync} }`,
  ];
  if (options.maxPayloadBytes !== undefined) lines.push(`max_payload: ${options.maxPayloadBytes}`);
  if (options.maxControlLineBytes !== undefined)
    lines.push(`max_control_line: ${options.maxControlLineBytes}`);
  if (options.maxConnections !== undefined)
    lines.push(`max_connections: ${options.maxConnections}`);
  if (options.maxPendingBytes !== undefined) lines.push(`max_pending: ${options.maxPendingBytes}`);
  if (options.writeDeadlineMs !== undefined)
    lines.push(`write_deadline: "${options.writeDeadlineMs}ms"`);
  if (options.pingIntervalMs !== undefined)
    lines.push(`ping_interval: "${options.pingIntervalMs}ms"`);
  if (options.pingMax !== undefined) lines.push(`ping_max: ${options.pingMax}`);
  if (options.authorization !== undefined) lines.push(...authorizationLines(options.authorization));
  return `${lines.join("\n")}\n`;
}

function authorizationLines(authorization: ServerAuthorization): string[] {
  const lines = ["authorization {"];
  if (authorization.user !== undefined) lines.push(`  user: ${quote(authorization.user)}`);
  if (authorization.password !== undefined)
    lines.push(`  password: ${quote(authorization.password)}`);
  if (authorization.token !== undefined) lines.push(`  token: ${quote(authorization.token)}`);
  // nats-server reads the timeout as seconds, with a fraction where needed.
  if (authorization.timeoutMs !== undefined)
    lines.push(`  timeout: ${authorization.timeoutMs / 1000}`);
  lines.push("}");
  return lines;
}

/** Quotes a value so that the configuration parser never takes it for a number, a size or a variable. */
function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
