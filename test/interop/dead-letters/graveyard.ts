import type { JsMsg } from "@nats-io/jetstream";
import type { MsgHdrs } from "@nats-io/nats-core";
import { headers } from "@nats-io/transport-node";
import {
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterMessage,
  DeadLetters,
  DeadLetterWorker,
  type GroupRequest,
  type OnStep,
  type Resend,
  type ResendRequest,
  type StationRequest,
} from "@oxbow/platform";
import { eventually } from "../support/deadline.ts";
import { Workbench } from "../support/workbench.ts";

/** For a group whose messages die by themselves, a tenth of a second after they were delivered. */
export const briefly: GroupRequest = { maxAckTimeMs: 100 };

/** What tests of dead letters work with. */
export class Graveyard implements AsyncDisposable {
  readonly bench: Workbench;
  readonly deadLetters: DeadLetters;
  /** What the worker could not do. */
  readonly problems: unknown[] = [];
  #worker: DeadLetterWorker | undefined;

  private constructor(bench: Workbench, deadLetters: DeadLetters) {
    this.bench = bench;
    this.deadLetters = deadLetters;
  }

  static async open(server: Parameters<typeof Workbench.open>[0]): Promise<Graveyard> {
    const bench = await Workbench.open(server);
    return new Graveyard(bench, await DeadLetters.open(bench.client.nc));
  }

  async work(onStep?: OnStep): Promise<DeadLetterWorker> {
    this.#worker = await DeadLetterWorker.start(this.bench.client.nc, {
      onProblem: (problem) => this.problems.push(problem),
      ...(onStep !== undefined && { onStep }),
    });
    return this.#worker;
  }

  /** A station with a group whose messages are delivered once, so long that no test is too slow to give them up. */
  async station(
    name: string,
    station: StationRequest = {},
    group: GroupRequest = {},
  ): Promise<void> {
    await this.bench.stations.create(name, station);
    const request = { maxDeliveries: 1, maxAckTimeMs: 60_000, ...group };
    await this.bench.groups.create(name, "g", request);
  }

  /** Publishes a message with headers. */
  async publish(
    subject: string,
    payload: string,
    own: Record<string, string> = {},
  ): Promise<number> {
    const marks: MsgHdrs = headers();
    for (const [name, value] of Object.entries(own)) marks.append(name, value);
    return (await this.bench.client.js.publish(subject, payload, { headers: marks })).seq;
  }

  /** Has a member of a group give up so many messages of a stream. */
  async terminate(stream: string, group: string, count: number, reason: string): Promise<void> {
    for (const message of await this.bench.take(stream, group, count)) message.term(reason);
    await this.bench.client.nc.flush();
  }

  /** Gives a message up as it is done where its station forgets it then: whole, before it is terminated. */
  async handOver(message: JsMsg, reason: string): Promise<void> {
    const { stream, consumer, streamSequence, deliveryCount } = message.info;
    const marks = headers();
    marks.append("Oxbow-Stream", stream);
    marks.append("Oxbow-Consumer", consumer);
    marks.append("Oxbow-Sequence", String(streamSequence));
    marks.append("Oxbow-Attempts", String(deliveryCount));
    marks.append("Oxbow-Subject", message.subject);
    marks.append("Oxbow-Error", reason);
    await this.bench.client.js.publish("$OXBOW.DL.s.consumer", message.data, { headers: marks });
    message.term(reason);
  }

  /** A member of a group that takes messages and says nothing. */
  async member(stream: string, group: string): Promise<AsyncDisposable> {
    const consumer = await this.bench.client.js.consumers.get(stream, group);
    const messages = await consumer.consume({ callback: () => undefined });
    return { [Symbol.asyncDispose]: async () => void (await messages.close()) };
  }

  /** Once so much has come in, and all of it is done. */
  async settled(arrived: number): Promise<void> {
    await eventually(`${arrived} messages in the intake, all done`, async () => {
      const { state } = await this.bench.client.jsm.streams.info("OXBOW_DEAD_INTAKE");
      return state.last_seq >= arrived && state.messages === 0 ? true : undefined;
    });
  }

  /** A resend, once it is at its end. */
  async resent(request: ResendRequest): Promise<Resend> {
    const { id } = await this.deadLetters.resend(request);
    for await (const resend of this.deadLetters.watchResend(id)) {
      if (resend.endedAt !== null) return resend;
    }
    return this.deadLetters.getResend(id);
  }

  async letters(filter: DeadLetterFilter = {}): Promise<readonly DeadLetter[]> {
    return (await this.deadLetters.list(filter)).letters;
  }

  /** All of them with their messages. */
  async messages(): Promise<DeadLetterMessage[]> {
    const all: DeadLetterMessage[] = [];
    for (const { id } of await this.letters()) all.push(await this.deadLetters.get(id));
    return all;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.close();
    await this.bench[Symbol.asyncDispose]();
  }
}
