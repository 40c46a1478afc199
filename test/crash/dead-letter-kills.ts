import assert from "node:assert/strict";
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import {
  type DeadLetterStep,
  DeadLetters,
  DeadLetterWorker,
  Groups,
  Stations,
} from "@oxbow/platform";
import { type ServerProgram, TestServer } from "@oxbow/testkit/servers";
import { eventually, withDeadline } from "../interop/support/deadline.ts";

/** Where a worker dies while it makes dead letters, and while it resends them. */
const burialSteps: readonly DeadLetterStep[] = [
  "letter.read",
  "letter.stored",
  "letter.copied",
  "letter.released",
];
const resendSteps: readonly DeadLetterStep[] = [
  "resend.noted",
  "resend.published",
  "resend.recorded",
  "resend.counted",
  "resend.settled",
];
export const allSteps: readonly DeadLetterStep[] = [...burialSteps, ...resendSteps];

/** Short, so that a dead worker's work comes to the next one at once. */
const ackWaitNs = 60_000_000;
/** More than there are kills, so that none is left without its work. */
const spare = 10;

export interface DeadLetterCrashOptions {
  readonly program: ServerProgram;
  /** For each step. */
  readonly killCount: number;
  readonly print: (line: string) => void;
}

/**
 * Has workers die at each step between two writes, again and again: their connection is cut and they write nothing more.
 * Others take over, each to die at the same step, until all that is to be killed is. In the end each message must be one
 * dead letter, one copy and gone from its station; or stored again once, and be no dead letter.
 *
 * @throws AssertionError for what is lost or double
 */
export async function killWorkers({
  program,
  killCount,
  print,
}: DeadLetterCrashOptions): Promise<void> {
  const server = await TestServer.start(program);
  try {
    await using yard = await KillingYard.open(server);
    for (const step of burialSteps) print(await yard.bury(step, killCount));
    for (const step of resendSteps) print(await yard.resend(step, killCount));
  } finally {
    await server.close();
  }
}

class KillingYard implements AsyncDisposable {
  readonly #server: TestServer;
  readonly #connection: NatsConnection;
  readonly #stations: Stations;
  readonly #groups: Groups;
  readonly #deadLetters: DeadLetters;
  #round = 0;

  private constructor(
    server: TestServer,
    connection: NatsConnection,
    stations: Stations,
    groups: Groups,
    deadLetters: DeadLetters,
  ) {
    this.#server = server;
    this.#connection = connection;
    this.#stations = stations;
    this.#groups = groups;
    this.#deadLetters = deadLetters;
  }

  static async open(server: TestServer): Promise<KillingYard> {
    const connection = await connect({ servers: server.url });
    const deadLetters = await DeadLetters.open(connection);
    const manager = await jetstreamManager(connection);
    for (const stream of ["OXBOW_DEAD_INTAKE", "OXBOW_RESENDS"]) {
      await manager.consumers.update(stream, "oxbow", { ack_wait: ackWaitNs });
    }
    const stations = await Stations.open(connection);
    return new KillingYard(
      server,
      connection,
      stations,
      await Groups.open(connection),
      deadLetters,
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connection.close();
  }

  /** Messages that a group is done with, in a station that forgets them then, and copies its dead letters. */
  async bury(step: DeadLetterStep, killCount: number): Promise<string> {
    const { station, graves } = await this.#exhaust(killCount + spare);
    const kills = await this.#killAt(step, killCount, () => this.#isSettled());
    const count = killCount + spare;
    const { letters } = await this.#deadLetters.list({ station, limit: 1_000 });
    assert.equal(letters.length, count, `${step}: dead letters`);
    assert.equal(new Set(letters.map(({ sequence }) => sequence)).size, count);
    assert.ok(
      letters.every(({ missing }) => missing === null),
      `${step}: a message is missing`,
    );
    assert.equal((await this.#stations.get(graves)).messages, count, `${step}: copies`);
    assert.equal((await this.#stations.get(station)).messages, 0, `${step}: messages are kept`);
    await this.#deadLetters.drop({});
    return `${step}: ${kills} kills, ${count} dead letters, each there once`;
  }

  /** Dead letters that are resent to their group, a few at a time. */
  async resend(step: DeadLetterStep, killCount: number): Promise<string> {
    // A worker is at two resends at a time, and dies of the first.
    const count = 2 * killCount + spare;
    const { station } = await this.#exhaust(count);
    await this.#killAt("letter.read", 0, () => this.#isSettled());
    await this.#groups.edit(station, "g", { maxAckTimeMs: 600_000 });
    const { letters } = await this.#deadLetters.list({ station, limit: 1_000 });
    assert.equal(letters.length, count);
    const jobs: string[] = [];
    for (const { id } of letters) {
      jobs.push((await this.#deadLetters.resend({ filter: { station, ids: [id] } })).id);
    }
    const kills = await this.#killAt(step, killCount, async () => {
      const resends = await this.#deadLetters.resends();
      return resends.every(({ endedAt }) => endedAt !== null);
    });
    const resends = await this.#deadLetters.resends();
    const own = resends.filter(({ id }) => jobs.includes(id));
    assert.ok(
      own.every(({ sent, matched }) => sent === 1 && matched === 1),
      `${step}: counts`,
    );
    assert.equal(await this.#deadLetters.count({ station }), 0, `${step}: dead letters are left`);
    assert.equal((await this.#groups.get(station, "g")).waiting, count, `${step}: messages`);
    assert.deepEqual(
      await this.#payloads(station, count),
      Array.from({ length: count }, (_, each) => String(each)).sort(),
      `${step}: a message was resent twice, another one not`,
    );
    return `${step}: ${kills} kills, ${count} messages, each resent once`;
  }

  /** A station with so many messages that its group was given as often as it says. */
  async #exhaust(count: number): Promise<{ readonly station: string; readonly graves: string }> {
    this.#round++;
    const station = `s${this.#round}`;
    const graves = `graves${this.#round}`;
    await this.#stations.create(graves);
    await this.#stations.create(station, { untilAcknowledged: true, deadLetterStation: graves });
    await this.#groups.create(station, "g", { maxDeliveries: 1, maxAckTimeMs: 50 });
    const js = jetstream(this.#connection);
    for (let each = 0; each < count; each++) await js.publish(station, String(each));
    const consumer = await js.consumers.get(station, "g");
    let came = 0;
    for await (const _ of await consumer.fetch({ max_messages: count })) came++;
    assert.equal(came, count);
    const manager = await jetstreamManager(this.#connection);
    await eventually("all that the server says", async () => {
      const { state } = await manager.streams.info("OXBOW_DEAD_INTAKE");
      return state.messages >= count ? true : undefined;
    });
    return { station, graves };
  }

  async #payloads(station: string, count: number): Promise<string[]> {
    const manager = await jetstreamManager(this.#connection);
    const js = jetstream(this.#connection);
    const { name } = await manager.consumers.add(station, {
      durable_name: "look",
      ack_policy: AckPolicy.Explicit,
    });
    const payloads: string[] = [];
    const consumer = await js.consumers.get(station, name);
    for await (const message of await consumer.fetch({ max_messages: count })) {
      payloads.push(message.string());
    }
    return payloads.sort();
  }

  /** Lets workers die at a step, one after the other, then one live until it is over. @returns How many died. */
  async #killAt(
    step: DeadLetterStep,
    killCount: number,
    isOver: () => Promise<boolean>,
  ): Promise<number> {
    let kills = 0;
    while (kills < killCount) {
      if (!(await this.#liveUntil(step))) break;
      kills++;
    }
    await using connection = await this.#connect();
    await using _ = await DeadLetterWorker.start(connection.nc);
    await eventually(`the end of the work, after ${step}`, async () => {
      return (await isOver()) ? true : undefined;
    });
    assert.equal(kills, killCount, `${step}: kills`);
    return kills;
  }

  /** One worker's life. @returns Whether it came to the step. */
  async #liveUntil(step: DeadLetterStep): Promise<boolean> {
    const { nc } = await this.#connect();
    const died = Promise.withResolvers<void>();
    await DeadLetterWorker.start(nc, {
      onStep: (each) => {
        if (each !== step) return undefined;
        died.resolve();
        // It never goes on from here.
        void nc.close();
        return new Promise<never>(() => undefined);
      },
    });
    await withDeadline(died.promise, () => `a worker to come to ${step}`);
    await nc.closed();
    return true;
  }

  async #connect(): Promise<AsyncDisposable & { readonly nc: NatsConnection }> {
    const nc = await connect({ servers: this.#server.url, reconnect: false });
    return { nc, [Symbol.asyncDispose]: () => nc.close() };
  }

  async #isSettled(): Promise<boolean> {
    const manager = await jetstreamManager(this.#connection);
    return (await manager.streams.info("OXBOW_DEAD_INTAKE")).state.messages === 0;
  }
}
