import assert from "node:assert/strict";
import type { JsMsg } from "@nats-io/jetstream";
import { type Group, Groups, type Place, Stations } from "@oxbow/platform";
import { deleteStreams, type StoringServer } from "./delete-streams.ts";
import { type OfficialClient, openOfficialClient } from "./official-client.ts";

/**
 * What tests of the platform work with: a client, its stations and groups. Leaves no stream behind when disposed of, so
 * that one suite's tests begin with nothing.
 */
export class Workbench implements AsyncDisposable {
  readonly client: OfficialClient;
  readonly stations: Stations;
  readonly groups: Groups;

  readonly #server: StoringServer;

  private constructor(
    server: StoringServer,
    client: OfficialClient,
    stations: Stations,
    groups: Groups,
  ) {
    this.#server = server;
    this.client = client;
    this.stations = stations;
    this.groups = groups;
  }

  static async open(server: StoringServer): Promise<Workbench> {
    const client = await openOfficialClient(server);
    const stations = await Stations.open(client.nc);
    return new Workbench(server, client, stations, await Groups.open(client.nc));
  }

  async publish(...subjects: string[]): Promise<void> {
    for (const subject of subjects) await this.client.js.publish(subject, subject);
  }

  /** Publishes a message that is stored at a later millisecond than the one before it; says at which. */
  async publishLater(subject: string): Promise<Date> {
    const { js, jsm } = this.client;
    const { stream, seq } = await js.publish(subject, subject);
    const before = (await jsm.streams.getMessage(stream, { seq: seq - 1 }))?.time;
    const time = (await jsm.streams.getMessage(stream, { seq }))?.time;
    assert.ok(time);
    if (before === undefined || before < time) return time;
    await jsm.streams.deleteMessage(stream, seq);
    return this.publishLater(subject);
  }

  /** Takes so many messages of a group in a partition, which must be there. */
  async take(stream: string, group: string, count: number): Promise<JsMsg[]> {
    const consumer = await this.client.js.consumers.get(stream, group);
    const taken: JsMsg[] = [];
    if (count === 0) return taken;
    for await (const message of await consumer.fetch({ max_messages: count, expires: 10_000 })) {
      taken.push(message);
    }
    assert.equal(taken.length, count);
    return taken;
  }

  /** Takes and acknowledges so many; gives their sequences. */
  async consume(stream: string, group: string, count: number): Promise<number[]> {
    const messages = await this.take(stream, group, count);
    for (const message of messages) assert.ok(await message.ackAck());
    return messages.map(({ seq }) => seq);
  }

  /** What comes next for a group, by partition: all that wait, or as many as that. */
  async remaining({ partitions }: Group): Promise<number[][]> {
    const all: number[][] = [];
    for (const { stream, consumer, waiting } of partitions) {
      all.push((await this.take(stream, consumer, waiting)).map(({ seq }) => seq));
    }
    return all;
  }

  /** Fails the n-th request from now on whose subject begins with this, unless what it returns is called before. */
  failRequest(subjectStart: string, nth: number): () => void {
    const { nc } = this.client;
    const request = nc.request.bind(nc);
    const restore = (): void => {
      nc.request = request;
    };
    let seen = 0;
    nc.request = (subject, payload, options) => {
      if (!subject.startsWith(subjectStart) || ++seen !== nth) {
        return request(subject, payload, options);
      }
      restore();
      return Promise.reject(new Error("cut off"));
    };
    return restore;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await deleteStreams(this.client, this.#server);
    await this.client[Symbol.asyncDispose]();
  }
}

export const beginning: Place = { from: "beginning" };
export const now: Place = { from: "now" };
