import type { NatsConnection } from "@nats-io/nats-core";
import { withDeadline } from "../../interop/support/deadline.ts";
import type { ControlRequest, PlatformConnections } from "../operations/operation.ts";
import { writeName } from "../proxy/write-name.ts";
import { type ProxyCount, WriteProxy } from "../proxy/write-proxy.ts";
import { ask } from "./ask.ts";
import { connectPlatform, openPlatform } from "./open-platform.ts";

/** Whoever carries out a request, by a proxy. */
export interface Victim extends AsyncDisposable {
  /** Begins, and resolves once it is over; never if it is killed. */
  carryOut(request: ControlRequest, id: string): Promise<unknown>;
  kill(): void;
}

export type OpenVictim = (url: string, requests: NatsConnection) => Promise<Victim>;

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
  openVictim: OpenVictim,
  {
    request,
    id,
    writes,
  }: { readonly request: ControlRequest; readonly id: string; readonly writes?: number },
): Promise<ProxyCount> {
  await using proxy = await WriteProxy.open(port, writeName);
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
