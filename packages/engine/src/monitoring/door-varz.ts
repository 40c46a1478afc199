import { X509Certificate } from "node:crypto";
import type { Engine } from "../engine.ts";
import type { TlsOptions } from "../options/transports.ts";
import { timestampOf } from "../routing/event-head.ts";

/** What `/varz` says of the port for leaf nodes. */
export function leafVarz({ options, addresses }: Engine, authTimeoutSeconds: number): object {
  if (options.leafnodes === undefined) return {};
  const { host, port, tls, authTimeoutMs } = options.leafnodes;
  return {
    host,
    port: addresses.leafnodes?.port ?? port,
    auth_timeout: authTimeoutMs === undefined ? authTimeoutSeconds : authTimeoutMs / 1000,
    tls_timeout: (tls?.timeoutMs ?? 2_000) / 1000,
    ...(tls !== undefined && { tls_required: true }),
    ...(tls?.verify === true && { tls_verify: true }),
    ...certificateEnd(tls),
  };
}

/** What `/varz` says of the port for WebSocket. */
export function websocketVarz({ options, addresses }: Engine): object {
  if (options.websocket === undefined) return {};
  const websocket = options.websocket;
  return {
    host: websocket.host,
    port: addresses.websocket?.port ?? websocket.port,
    ...(websocket.advertise !== undefined && { advertise: websocket.advertise }),
    ...(websocket.noAuthUser !== undefined && { no_auth_user: websocket.noAuthUser }),
    ...(websocket.jwtCookie !== undefined && { jwt_cookie: websocket.jwtCookie }),
    ...(websocket.handshakeTimeoutMs !== undefined && {
      handshake_timeout: websocket.handshakeTimeoutMs * 1e6,
    }),
    ...(websocket.authTimeoutMs !== undefined && { auth_timeout: websocket.authTimeoutMs / 1000 }),
    ...(websocket.tls === undefined && { no_tls: true }),
    ...(websocket.tls?.mapsUsers === true && { tls_map: true }),
    ...pinned(websocket.tls),
    ...(websocket.sameOrigin === true && { same_origin: true }),
    ...((websocket.allowedOrigins?.length ?? 0) > 0 && {
      allowed_origins: websocket.allowedOrigins,
    }),
    ...(websocket.compression === true && { compression: true }),
    ...certificateEnd(websocket.tls),
  };
}

function pinned(tls: TlsOptions | undefined): object {
  const prints = tls?.pinnedCertificates ?? [];
  return prints.length === 0 ? {} : { tls_pinned_certs: prints };
}

/** Until when the first certificate of a port holds. */
export function certificateEnd(tls: TlsOptions | undefined): object {
  const [first] = tls?.certificates ?? [];
  if (first === undefined) return {};
  const { validTo } = new X509Certificate(first.certificate);
  return { tls_cert_not_after: timestampOf(Date.parse(validTo)) };
}
