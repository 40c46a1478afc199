import type { ControlClient } from "oxbow/control";
import { withConnection } from "../client/connect.ts";
import type { ClientOptions } from "../client/options.ts";

/** The platform takes up to 30 s for what has many partitions. */
const controlTimeoutMs = 35_000;

/** Connects and asks the platform. Failures come out as CommandFailures, with the platform's own texts. */
export function withControl<T>(
  options: ClientOptions,
  name: string,
  use: (control: ControlClient) => Promise<T>,
): Promise<T> {
  return withConnection(options, name, async (connection) => {
    const { ControlClient } = await import("oxbow/control");
    const { timeout: timeoutMs = controlTimeoutMs } = options;
    return use(new ControlClient(connection, { timeoutMs }));
  });
}
