import { readAccounts } from "./accounts.ts";
import { readAuthorization } from "./authorization.ts";
import type { ConfigDraft } from "./draft.ts";
import { readJetStream, storeDirectory } from "./jetstream.ts";
import { readLeafnodes } from "./leafnodes.ts";
import { loggingFields } from "./logging.ts";
import { readMappings } from "./mappings.ts";
import { aliases, type Fields } from "./reading.ts";
import { readTls } from "./tls.ts";
import {
  boolean,
  duration,
  integer,
  readDurationText,
  readListen,
  readMapValue,
  readText,
  text,
  texts,
  unfit,
} from "./values.ts";
import { readWebSocket } from "./websocket.ts";

/** The least a lame duck takes to leave. */
const lameDuckMinMs = 30_000;

const addressFields: Fields<ConfigDraft> = {
  listen: (draft, value) => {
    const { host, port } = readListen(value);
    draft.host = host;
    draft.port = port;
  },
  port: integer((draft, value) => {
    draft.port = value;
  }),
  ...aliases(
    ["host", "net"],
    text((draft, value) => {
      draft.host = value;
    }),
  ),
  client_advertise: text((draft, value) => {
    draft.advertise = value;
  }),
};

const monitoringFields: Fields<ConfigDraft> = {
  http: (draft, value) => {
    const { host, port } = readListen(value);
    draft.httpHost = host;
    draft.httpPort = port;
  },
  https: (draft, value) => {
    const { host, port } = readListen(value);
    draft.httpHost = host;
    draft.httpsPort = port;
  },
  ...aliases(
    ["http_port", "monitor_port"],
    integer((draft, value) => {
      draft.httpPort = value;
    }),
  ),
  https_port: integer((draft, value) => {
    draft.httpsPort = value;
  }),
  http_base_path: text((draft, value) => {
    draft.httpBasePath = value;
  }),
};

const limitFields: Fields<ConfigDraft> = {
  max_control_line: limited("controlLineMax"),
  max_payload: limited("payloadMax"),
  max_pending: integer((draft, value) => {
    draft.limits.pendingBytesMax = value;
  }),
  ...aliases(
    ["max_connections", "max_conn"],
    integer((draft, value) => {
      draft.limits.connectionsMax = value === 0 ? -1 : value;
    }),
  ),
  ...aliases(
    ["max_subscriptions", "max_subs"],
    integer((draft, value) => {
      draft.limits.subscriptionsMax = Math.max(0, value);
    }),
  ),
  ping_interval: duration((draft, durationMs) => {
    draft.limits.pingIntervalMs = durationMs;
  }),
  ping_max: integer((draft, value) => {
    draft.limits.pingsOutMax = value;
  }),
  write_deadline: duration((draft, durationMs) => {
    draft.limits.writeDeadlineMs = durationMs;
  }),
  lame_duck_duration: (draft, value, _reading, entry) => {
    const durationMs = readDurationText(value, entry.key);
    if (durationMs < lameDuckMinMs) {
      throw unfit(
        value,
        `invalid lame_duck_duration of ${durationMs / 1000}s, minimum is 30 seconds`,
      );
    }
    draft.lameDuckDurationMs = durationMs;
  },
  lame_duck_grace_period: (draft, value, _reading, entry) => {
    const durationMs = readDurationText(value, entry.key);
    if (durationMs < 0) {
      throw unfit(value, "invalid lame_duck_grace_period, needs to be positive");
    }
    draft.lameDuckGraceMs = durationMs;
  },
};

const identityFields: Fields<ConfigDraft> = {
  server_name: (draft, value, _reading, entry) => {
    const name = readText(value, entry.key);
    if (name.includes(" ")) throw unfit(value, "server name cannot contain spaces");
    draft.serverName = name;
  },
  server_tags: texts((draft, value) => {
    draft.tags.push(...value);
  }),
  server_metadata: (draft, value, _reading, entry) => {
    const metadata: Record<string, string> = {};
    for (const item of readMapValue(value, entry.key).values()) {
      metadata[item.key] = readText(item.value, item.key);
    }
    draft.metadata = metadata;
  },
  ...aliases(
    ["pidfile", "pid_file"],
    text((draft, value) => {
      draft.pidFile = value;
    }),
  ),
  ports_file_dir: text((draft, value) => {
    draft.portsFileDirectory = value;
  }),
};

const blockFields: Fields<ConfigDraft> = {
  authorization: (draft, value, reading) => {
    draft.authorization = readAuthorization(value, reading);
  },
  accounts: (draft, value, reading) => {
    draft.accounts.push(...readAccounts(value, reading));
  },
  ...aliases(["mappings", "maps"], (draft, value, reading) => {
    draft.mappings = readMappings(value, reading);
  }),
  jetstream: readJetStream,
  ...aliases(["store_dir", "storedir"], storeDirectory),
  ...aliases(["websocket", "ws"], (draft, value, reading) => {
    draft.websocket = readWebSocket(value, reading);
  }),
  ...aliases(["leaf", "leafnodes"], (draft, value, reading) => {
    draft.leafnodes = readLeafnodes(value, reading);
  }),
  tls: (draft, value, reading) => {
    draft.tls = readTls(value, reading);
  },
  no_auth_user: text((draft, value) => {
    draft.noAuthUser = value;
  }),
  ...aliases(
    ["system_account", "system"],
    text((draft, value) => {
      draft.systemAccount = value;
    }),
  ),
  proxy_protocol: boolean((draft, value) => {
    draft.proxyProtocol = value;
  }),
  allow_non_tls: boolean((draft, value) => {
    draft.allowsPlain = value;
  }),
};

/** Every key that may stand at the top of a file. */
export const topLevelFields: Fields<ConfigDraft> = {
  ...addressFields,
  ...monitoringFields,
  ...limitFields,
  ...identityFields,
  ...loggingFields,
  ...blockFields,
};

function limited(limit: "controlLineMax" | "payloadMax"): Fields<ConfigDraft>[string] {
  return (draft, value, _reading, entry) => {
    if (value.kind !== "integer") throw unfit(value, `${entry.key} needs an integer`);
    if (value.value > 2 ** 31 - 1) throw unfit(value, `${entry.key} value is too big`);
    draft.limits[limit] = value.value;
  };
}
