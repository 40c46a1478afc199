/** What a configuration file calls the engine's options, where that is something else. */
const keys: Readonly<Record<string, string>> = {
  serverName: "server_name",
  dataDirectory: "jetstream store_dir",
  sync: "jetstream sync_interval",
  listen: "host or port",
  advertise: "client_advertise",
  allowsPlain: "allow_non_tls",
  proxyProtocol: "proxy_protocol",
  systemAccount: "system_account",
  tags: "server_tags",
  metadata: "server_metadata",
  trustedProxies: "proxies",
  protocolTrace: "trace",
  auth: "authorization",
  monitoring: "http",
  "limits.payloadMax": "max_payload",
  "limits.controlLineMax": "max_control_line",
  "limits.connectionsMax": "max_connections",
  "limits.subscriptionsMax": "max_subscriptions",
  "limits.pendingBytesMax": "max_pending",
  "limits.pingIntervalMs": "ping_interval",
  "limits.pingsOutMax": "ping_max",
  "limits.authTimeoutMs": "authorization timeout",
  "limits.writeDeadlineMs": "write_deadline",
  "limits.closedConnectionsMax": "max_closed_clients",
  "jetstream.enabled": "jetstream",
  "jetstream.memoryBytesMax": "jetstream max_memory_store",
  "jetstream.storageBytesMax": "jetstream max_file_store",
};

/** The key of a file that an option comes from, for a line of the log. */
export function keyOfOption(option: string): string {
  return Object.hasOwn(keys, option) ? (keys[option] ?? option) : option.replace(".", " ");
}

/** Why a reload was refused. */
export function reloadRefusal(options: readonly string[]): string {
  const names = options.map(keyOfOption).join(", ");
  return `config reload not supported for ${names}: nothing was changed; restart the server for it`;
}
