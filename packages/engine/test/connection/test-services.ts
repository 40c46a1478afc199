import type { Authorizer } from "../../src/auth/identity.ts";
import { Security } from "../../src/auth/security.ts";
import { ServerIdentity } from "../../src/auth/server-identity.ts";
import { ClosedConnections } from "../../src/connection/closed-connections.ts";
import type { ConnectionServices } from "../../src/connection/connection-services.ts";
import { EngineCounters } from "../../src/connection/engine-counters.ts";
import { FlushScheduler } from "../../src/connection/flush-scheduler.ts";
import { OutputChunkPool } from "../../src/connection/output-chunk.ts";
import { ServerInfo } from "../../src/connection/server-info.ts";
import { defaultLimits } from "../../src/engine-options.ts";
import { Account } from "../../src/routing/account.ts";
import type { TestHost } from "./test-host.ts";

/** What connections need, without an engine: for tests of connections with an authorizer of their own. */
export function makeServices(host: TestHost, authorizer: Authorizer): ConnectionServices {
  const accounts = new Map<string, Account>();
  const account = (name: string): Account => {
    const known = accounts.get(name) ?? new Account(name, host.random);
    accounts.set(name, known);
    return known;
  };
  return {
    clock: host.clock,
    random: host.random,
    logger: host.logger,
    limits: defaultLimits,
    chunks: new OutputChunkPool(),
    flushes: new FlushScheduler(host.clock),
    security: new Security(authorizer, host.random),
    serverInfo: new ServerInfo(new ServerIdentity(host.random), {
      name: "test",
      hasJetStream: false,
    }),
    counters: new EngineCounters(),
    closed: new ClosedConnections(),
    account,
    requestStamp: undefined,
    systemAccount: account("$SYS"),
  };
}
