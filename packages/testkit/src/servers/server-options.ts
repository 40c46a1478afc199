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
  /**
   * More of the file, as nats-server reads it; made from the server's own directory where it names files. Then JetStream
   * is off unless this says otherwise, such as with `jetstream: enabled`; where it stores is said before.
   */
  readonly config?: string | ((directory: string) => string);
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

/** Where a server keeps its files. */
export interface ServerPlace {
  readonly directory: string;
  readonly dataDirectory: string;
}

/** The lines of the configuration file for `options`, in nats-server's syntax. */
export function configText(options: ServerOptions, place: ServerPlace): string {
  const lines = [
    'host: "127.0.0.1"',
    `ports_file_dir: ${quote(place.directory)}`,
    ...storeLines(options, place),
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
  const { config = "" } = options;
  lines.push(typeof config === "string" ? config : config(place.directory));
  return `${lines.join("\n")}\n`;
}

function storeLines({ config, syncInterval }: ServerOptions, place: ServerPlace): string[] {
  const store = `store_dir: ${quote(place.dataDirectory)}`;
  if (config !== undefined) return [store];
  const sync = syncInterval === undefined ? "" : `, sync_interval: ${syncInterval}`;
  return [`jetstream { ${store}${sync} }`];
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
