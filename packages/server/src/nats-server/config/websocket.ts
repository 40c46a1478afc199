import type { WebSocketOptions } from "@oxbow/engine";
import type { ConfValue } from "@oxbow/wire/nats-conf";
import { authTimeout } from "./authorization.ts";
import { simpleCredentials } from "./credentials.ts";
import type { Draft } from "./draft.ts";
import { aliases, type Fields, type Reading, readMap } from "./reading.ts";
import { readTls } from "./tls.ts";
import {
  boolean,
  duration,
  integer,
  readDurationOrSeconds,
  readListen,
  readMapValue,
  readText,
  readTexts,
  text,
} from "./values.ts";

/** What a `websocket` block says; `allowsNoTls` is its `no_tls`. */
export type WebSocketDraft = Draft<WebSocketOptions> & { allowsNoTls?: boolean };

interface AuthorizationOfDoor {
  user?: string;
  password?: string;
  token?: string;
  timeoutMs?: number;
}

const authorizationFields: Fields<AuthorizationOfDoor> = {
  ...simpleCredentials,
  timeout: authTimeout,
};

export const websocketFields: Fields<WebSocketDraft> = {
  listen: (websocket, value) => {
    const { host, port } = readListen(value);
    websocket.host = host;
    websocket.port = port;
  },
  tls: (websocket, value, reading) => {
    websocket.tls = readTls(value, reading);
  },
  port: integer((websocket, value) => {
    websocket.port = value;
  }),
  ...aliases(
    ["host", "net"],
    text((websocket, value) => {
      websocket.host = value;
    }),
  ),
  advertise: text((websocket, value) => {
    websocket.advertise = value;
  }),
  no_tls: boolean((websocket, value) => {
    websocket.allowsNoTls = value;
  }),
  same_origin: boolean((websocket, value) => {
    websocket.sameOrigin = value;
  }),
  ...aliases(
    ["allowed_origins", "allowed_origin", "allow_origins", "allow_origin", "origins", "origin"],
    (websocket, value) => {
      websocket.allowedOrigins = readTexts(value, "allowed origins");
    },
  ),
  handshake_timeout: (websocket, value, _reading, entry) => {
    websocket.handshakeTimeoutMs = readDurationOrSeconds(value, entry.key) || undefined;
  },
  ...aliases(
    ["compress", "compression"],
    boolean((websocket, value) => {
      websocket.compression = value;
    }),
  ),
  ...aliases(["authorization", "authentication"], (websocket, value, reading, entry) => {
    const draft: AuthorizationOfDoor = {};
    readMap(readMapValue(value, entry.key), authorizationFields, draft, reading);
    websocket.user = draft.user;
    websocket.password = draft.password;
    websocket.token = draft.token;
    websocket.authTimeoutMs = draft.timeoutMs || undefined;
  }),
  jwt_cookie: text((websocket, value) => {
    websocket.jwtCookie = value;
  }),
  user_cookie: text((websocket, value) => {
    websocket.userCookie = value;
  }),
  pass_cookie: text((websocket, value) => {
    websocket.passwordCookie = value;
  }),
  token_cookie: text((websocket, value) => {
    websocket.tokenCookie = value;
  }),
  no_auth_user: text((websocket, value) => {
    websocket.noAuthUser = value;
  }),
  headers: (websocket, value, _reading, entry) => {
    const headers: Record<string, string> = {};
    for (const header of readMapValue(value, entry.key).values()) {
      headers[header.key] = readText(header.value, `header ${header.key}`);
    }
    websocket.headers = headers;
  },
  ping_interval: duration((websocket, durationMs) => {
    websocket.pingIntervalMs = durationMs || undefined;
  }),
};

/** The `websocket` block. */
export function readWebSocket(value: ConfValue, reading: Reading): WebSocketDraft {
  const websocket: WebSocketDraft = {};
  readMap(readMapValue(value, "websocket"), websocketFields, websocket, reading);
  return websocket;
}
