import { readAccounts } from "./accounts.ts";
import { readAuthorization } from "./authorization.ts";
import type { ConfigDraft } from "./draft.ts";
import { readJetStream, storeDirectory } from "./jetstream.ts";
import { readLeafnodes } from "./leafnodes.ts";
import { limitFields } from "./limit-fields.ts";
import { loggingFields } from "./logging.ts";
import { readMappings } from "./mappings.ts";
import { operatorFields } from "./operator.ts";
import { otherFields } from "./other-fields.ts";
import { aliases, type Fields } from "./reading.ts";
import { readTls } from "./tls.ts";
import {
  boolean,
  integer,
  readListen,
  readMapValue,
  readText,
  text,
  texts,
  unfit,
} from "./values.ts";
import { readWebSocket } from "./websocket.ts";

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
  ...operatorFields,
  ...otherFields,
};
