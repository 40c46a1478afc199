import type { Engine } from "../engine.ts";
import { timestampOf } from "../routing/event-head.ts";

/** What nats-server's `/routez` says where there is no route, as on a lone server. */
export function routez(engine: Engine): Record<string, unknown> {
  const { id, name } = engine.info;
  return {
    ...{ server_id: id, server_name: name, now: timestampOf(engine.nowMs()) },
    ...{ num_routes: 0, routes: [] },
  };
}

/** What it says of its groups for replication where it is alone. */
export const noRaftText = "No Raft nodes registered";

/** The same of `/gatewayz`. */
export function gatewayz(engine: Engine): Record<string, unknown> {
  return {
    ...{ server_id: engine.info.id, now: timestampOf(engine.nowMs()) },
    ...{ outbound_gateways: {}, inbound_gateways: {} },
  };
}

/** The same of `/leafz`. */
export function leafz(engine: Engine): Record<string, unknown> {
  return {
    ...{ server_id: engine.info.id, now: timestampOf(engine.nowMs()) },
    ...{ leafnodes: 0, leafs: [] },
  };
}
