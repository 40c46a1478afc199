import type { SimRandom } from "@oxbow/testkit";
import { type Connection, ignoreLostConnection, openConnection } from "../connection.ts";
import type { HistoryFile } from "../history-file.ts";
import { publisherPlans, streamPlans } from "../workload.ts";
import { AckWatch } from "./ack-watch.ts";
import { Publisher } from "./publisher.ts";
import { Remover } from "./remover.ts";
import { StreamConsumer } from "./stream-consumer.ts";
import { StreamProgress } from "./stream-progress.ts";

/** All clients of a run: they outlive the broker, each with a new connection after every restart. */
export class Load {
  readonly #history: HistoryFile;
  readonly #watch = new AckWatch();
  readonly #streams: readonly StreamProgress[];
  readonly #publishers: readonly Publisher[];
  readonly #consumers: readonly StreamConsumer[];
  readonly #remover: Remover;
  #runCount = 0;
  #run: Promise<unknown> = Promise.resolve();

  constructor(random: SimRandom, history: HistoryFile) {
    this.#history = history;
    this.#streams = streamPlans.map((plan) => new StreamProgress(plan));
    this.#remover = new Remover(random.fork("remover"), history);
    this.#publishers = publisherPlans.map(
      (plan) => new Publisher(plan, random.fork(plan.name), history, this.#streams, this.#watch),
    );
    this.#consumers = this.#streams.flatMap((stream) =>
      stream.plan.consumers.map(
        (name) =>
          new StreamConsumer(name, stream, random.fork(name), history, (...done) =>
            this.#remover.offer(...done),
          ),
      ),
    );
  }

  /** Connects everyone and lets them work; resolves when they have begun. */
  async start(url: string): Promise<void> {
    this.#runCount += 1;
    const forRemover = await openConnection(url);
    const forPublishers = await Promise.all(this.#publishers.map(() => openConnection(url)));
    const forConsumers = await Promise.all(this.#consumers.map(() => openConnection(url)));
    const all = [forRemover, ...forPublishers, ...forConsumers];
    this.#run = Promise.all([
      ...all.map(({ nc }) => nc.closed()),
      ...this.#publishers.map((publisher, index) =>
        this.#publish(publisher, forPublishers[index]!),
      ),
      this.#removeAndConsume(forRemover, forConsumers).catch(ignoreLostConnection),
    ]);
  }

  /** Resolves when everyone has lost their connections, and all that they saw is in the history. */
  async ended(): Promise<void> {
    await this.#run;
    this.#history.flush();
  }

  /** Resolves once a message is acknowledged that is sent after this call. */
  nextAck(): Promise<void> {
    return this.#watch.nextAck();
  }

  /** Sends again what the last crash left open. */
  async settle(url: string): Promise<void> {
    this.#runCount += 1;
    for (const publisher of this.#publishers) {
      await using connection = await openConnection(url);
      await publisher.settle(connection.js, this.#connectionName(publisher));
    }
    this.#history.flush();
  }

  /** Lets every consumer take everything there is. */
  async drain(url: string): Promise<void> {
    for (const consumer of this.#consumers) {
      await using connection = await openConnection(url);
      await consumer.drain(connection.js);
    }
    this.#history.flush();
  }

  #publish(publisher: Publisher, { js, nc }: Connection): Promise<void> {
    return publisher.run(js, this.#connectionName(publisher), () => nc.isClosed());
  }

  /** Purges come before the consumers, for the reason that {@link Remover} gives. */
  async #removeAndConsume(
    forRemover: Connection,
    forConsumers: readonly Connection[],
  ): Promise<void> {
    this.#remover.use(forRemover.jsm);
    await this.#remover.purge(this.#streams);
    await Promise.all(
      this.#consumers.map((consumer, index) => consumer.start(forConsumers[index]!.js)),
    );
  }

  #connectionName(publisher: Publisher): string {
    return `${publisher.name}/${this.#runCount}`;
  }
}
