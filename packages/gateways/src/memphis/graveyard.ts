import { type JetStreamClient, jetstream } from "@nats-io/jetstream";
import { headers } from "@nats-io/nats-core";
import type { Clock, Logger, Timer } from "@oxbow/base";
import { DeadLetterWorker, stationToken } from "@oxbow/platform";
import { oneLine } from "./one-line.ts";
import type { UserPlatform } from "./user-platform.ts";

const againMs = 1_000;

/** A message that an SDK did not send, since it does not fit the schema. */
export interface UnsentMessage {
  readonly station: string;
  readonly error: string;
  readonly producer: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly payload: Buffer;
}

/** Has the messages become dead letters that clients of Memphis give up, or did not send. */
export class Graveyard {
  readonly #own: UserPlatform;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #worker: Promise<DeadLetterWorker> | undefined = undefined;
  #again: Timer | undefined = undefined;
  #isClosed = false;

  constructor(
    own: UserPlatform,
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.#own = own;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Begins to work at dead letters, as others may do already. */
  open(): void {
    if (this.#worker !== undefined || this.#isClosed) return;
    const onProblem = (problem: unknown): void =>
      this.#logger.warn({ err: problem }, "a dead letter could not be made");
    const worker = this.#own
      .connection()
      .then((connection) => DeadLetterWorker.start(connection, { onProblem }));
    this.#worker = worker;
    worker.catch((error: unknown) => {
      this.#logger.warn({ err: error }, "dead letters of Memphis clients are not made");
      this.#worker = undefined;
      if (!this.#isClosed) this.#again = this.#clock.setTimer(againMs, () => this.open());
    });
  }

  /** Has a message become a dead letter of its station, as if the station had refused it. */
  async refused(message: UnsentMessage): Promise<void> {
    await this.#worker;
    const { station, error, producer, headers: own, payload } = message;
    const token = stationToken(station);
    const head = headers();
    head.set("Oxbow-Subject", `${token}.final`);
    head.set("Oxbow-Error", oneLine(error));
    head.set("Oxbow-Station", station);
    head.set("Oxbow-Rule", "schema");
    if (producer !== "") head.set("Oxbow-Client", oneLine(producer));
    for (const [name, value] of own) appendOwn(head, name, value);
    await (await this.#jetstream()).publish(`$OXBOW.DL.${token}.gate`, payload, { headers: head });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#again?.cancel();
    const worker = await this.#worker?.catch(() => undefined);
    await worker?.close();
  }

  async #jetstream(): Promise<JetStreamClient> {
    return jetstream(await this.#own.connection());
  }
}

/** Headers of a message that would mean something to the stream that it is handed over to have a prefix there. */
export function appendOwn(
  head: { append(name: string, value: string): void },
  name: string,
  value: string,
): void {
  const isReserved = /^(?:nats|oxbow)-/i.test(name);
  head.append(isReserved ? `Oxbow-Of-${name}` : name, value);
}
