import type { NatsConnection } from "@nats-io/transport-node";

const STATS_SUBJECT = "$OXBOW.LOG.STATS";
const ANSWER_TIMEOUT_MS = 1000;

/** What Oxbow answers. */
interface LogStats {
  readonly syncs: number;
}

/**
 * Counts the syncs a server has made, by asking it now and then, over restarts, at which its own count begins anew.
 * Servers other than Oxbow do not answer; then the count is `undefined`.
 */
export class SyncCounter {
  readonly #connection: NatsConnection;
  #last: number | undefined;
  #count: number | undefined;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  /** Syncs since the first {@link update}, as of the last one. */
  get count(): number | undefined {
    return this.#count;
  }

  /** Asks the server. A server that does not answer changes nothing. */
  async update(): Promise<void> {
    let stats: LogStats;
    try {
      const options = { timeout: ANSWER_TIMEOUT_MS };
      stats = (await this.#connection.request(STATS_SUBJECT, undefined, options)).json<LogStats>();
    } catch {
      // No responders: not Oxbow. A timeout or a lost connection: asked again soon.
      return;
    }
    if (this.#last === undefined || this.#count === undefined) this.#count = 0;
    else this.#count += stats.syncs < this.#last ? stats.syncs : stats.syncs - this.#last;
    this.#last = stats.syncs;
  }
}
