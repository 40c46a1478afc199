import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { ControlClient } from "oxbow/control";
import { withDeadline } from "../../interop/support/deadline.ts";
import type { ClientWork, ControlRequest, PlatformConnections } from "../operations/operation.ts";
import { requestName } from "../proxy/write-name.ts";
import { type ProxyCount, WriteProxy } from "../proxy/write-proxy.ts";
import type { YardPlace } from "../yard.ts";
import { ask } from "./ask.ts";
import { connectPlatform, openPlatform } from "./open-platform.ts";

/** Whoever carries out a request, by a proxy. */
export interface Victim extends AsyncDisposable {
  /** Begins, and resolves once it is over; never if it is killed. */
  carryOut(request: ControlRequest, id: string): Promise<unknown>;
  kill(): void;
}

export type OpenVictim = (url: string, requests: NatsConnection) => Promise<Victim>;

/** Whom a proxy kills, and what it counts. */
export interface VictimKind {
  readonly open: OpenVictim;
  readonly nameOf: (subject: string) => string | undefined;
}

/** A client of a platform, which lives on. */
export function clientVictim(work: ClientWork, place: YardPlace): VictimKind {
  const open: OpenVictim = async (url) => {
    const connection = await connect({ servers: url, reconnect: false });
    return {
      carryOut: (_, id) => work(new ControlClient(connection), id, place),
      kill: () => void connection.close(),
      [Symbol.asyncDispose]: () => connection.close(),
    };
  };
  return { open, nameOf: requestName };
}

/** A platform in this process: cut off from its server, it is as good as dead. */
export async function platformVictim(url: string, requests: NatsConnection): Promise<Victim> {
  const platform = await openPlatform(url);
  return {
    carryOut: (request) => ask(requests, request),
    // Its connection is about to find out that it is cut off, and it is of no use to wait for answers.
    kill: () => void platform.connections.connection.close(),
    [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose](),
  };
}

/** An implementation with a bug, in the place of the platform. */
export function plantedVictim(
  run: (connections: PlatformConnections, id: string) => Promise<void>,
): OpenVictim {
  return async (url) => {
    const connections = await connectPlatform(url);
    return {
      carryOut: (_, id) => run(connections, id),
      kill: () => undefined,
      [Symbol.asyncDispose]: () => connections.connection.close(),
    };
  };
}

/** Has a request carried out, and whoever does it die after so many writes. */
export async function attempt(
  port: number,
  requests: NatsConnection,
  { open: openVictim, nameOf }: VictimKind,
  {
    request,
    id,
    writes,
  }: { readonly request: ControlRequest; readonly id: string; readonly writes?: number },
): Promise<ProxyCount> {
  await using proxy = await WriteProxy.open(port, nameOf);
  await using victim = await openVictim(proxy.url, requests);
  proxy.begin(writes === undefined ? undefined : { writes, kill: () => victim.kill() });
  const over = victim.carryOut(request, id).catch((error: unknown) => {
    // A dead one says that it has lost its connection.
    if (!proxy.count.isDead) throw error;
  });
  await withDeadline(Promise.race([over, proxy.died]), () => {
    return `${request.operation} to come to write ${writes}: ${proxy.count.writes.join(", ")}`;
  });
  return proxy.count;
}
