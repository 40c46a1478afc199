import { Callout } from "../../../src/auth/callout/callout.ts";
import { ServerIdentity } from "../../../src/auth/server-identity.ts";
import { Account } from "../../../src/routing/account.ts";
import type { TestHost } from "../../connection/test-host.ts";

/** A callout whose requests reach nobody. */
export function idleCallout(host: TestHost): Callout {
  const identity = new ServerIdentity(host.random);
  return new Callout({
    clock: host.clock,
    random: host.random,
    logger: host.logger,
    timeoutMs: 1_000,
    server: () => ({ identity, name: "test", host: "127.0.0.1", version: "2.14.0", tags: [] }),
    describeServer: () => ({ id: identity.id }),
    account: (name) => new Account(name, host.random),
  });
}
