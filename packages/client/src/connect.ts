import { connect as connectOfficial, errors, type NatsConnection } from "@nats-io/transport-node";
import {
  type ClientSettings,
  type ConnectOptions,
  officialOptions,
  settingsOf,
} from "./connection/connect-options.ts";
import { Link } from "./connection/link.ts";
import { reconnectDelayMs } from "./connection/reconnect-delay.ts";
import { clientError } from "./errors.ts";
import type { Door } from "./lineage/stamp.ts";
import { Oxbow } from "./oxbow.ts";

/**
 * Connects to Oxbow, or to any NATS server with JetStream. Once it is connected it connects again whenever it must, for ever.
 *
 * @throws OxbowError `OPTIONS_INVALID`, `CONNECT_FAILED`
 */
export function connect(options: ConnectOptions = {}): Promise<Oxbow> {
  return connectAt("sdk", options);
}

/** As {@link connect}, for another door of the platform. */
export async function connectAt(door: Door, options: ConnectOptions): Promise<Oxbow> {
  const { link, settings, nowMs } = await openLink(options, door);
  return new Oxbow(link, settings, nowMs);
}

/** A client over a connection that somebody else has made, keeps connected and closes. */
export function clientOver(
  connection: NatsConnection,
  door: Door = "sdk",
  options: Pick<ConnectOptions, "name" | "announce" | "tracing"> = {},
): Oxbow {
  return new Oxbow(new Link(connection, undefined), settingsOf(options, door), Date.now);
}

/** What a client is made of. */
export interface LinkParts {
  readonly link: Link;
  readonly settings: ClientSettings;
  readonly nowMs: () => number;
}

/** @throws OxbowError `OPTIONS_INVALID`, `CONNECT_FAILED` */
export async function openLink(options: ConnectOptions, door?: Door): Promise<LinkParts> {
  const settings = settingsOf(options, door);
  let downSinceMs: number | undefined;
  const delay = (): number => {
    const downMs = downSinceMs === undefined ? 0 : performance.now() - downSinceMs;
    return reconnectDelayMs(downMs, Math.random());
  };
  const official = officialOptions(options, delay);
  try {
    const nc = await connectOfficial(official);
    const link = new Link(nc, options.inboxPrefix);
    link.use({
      onDown: () => (downSinceMs = performance.now()),
      onUp: () => (downSinceMs = undefined),
    });
    return { link, settings, nowMs: options.nowMs ?? Date.now };
  } catch (cause) {
    throw connectFailed(official.servers, cause);
  }
}

function connectFailed(servers: string | string[] | undefined, cause: unknown): Error {
  const where = [servers ?? "127.0.0.1:4222"].flat().join(", ");
  const isRefused =
    cause instanceof errors.AuthorizationError ||
    cause instanceof errors.UserAuthenticationExpiredError;
  const text = isRefused
    ? `${where} does not let the client in (${(cause as Error).message}): look at its credentials`
    : `there is no connection to ${where} (${(cause as Error).message}): start the server, as with "oxbow start", or look at the address`;
  return clientError("CONNECT_FAILED", text, { cause });
}
