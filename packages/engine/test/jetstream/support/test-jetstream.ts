import assert from "node:assert/strict";
import { LogStore } from "@oxbow/log";
import { type SimDisk, type SimHost, SimWorld } from "@oxbow/testkit";
import { encodeHeaders } from "@oxbow/wire/nats";
import { type EngineOptions, resolveEngineOptions } from "../../../src/engine-options.ts";
import {
  type AccountJetStream,
  accountJetStreamOf,
  type ReservedElsewhere,
} from "../../../src/jetstream/account-limits.ts";
import { IngestRoom } from "../../../src/jetstream/ingest/ingest-room.ts";
import { JetStream } from "../../../src/jetstream/jetstream.ts";
import { StorageRoom } from "../../../src/jetstream/storage-room.ts";
import { Account } from "../../../src/routing/account.ts";
import { MessageView } from "../../../src/routing/message.ts";
import { Inbox, type Received } from "./inbox.ts";

/** An answer of the API. */
// biome-ignore lint/suspicious/noExplicitAny: answers are as JSON gives them, and each test knows what it asked for.
export type Answer = any;

const DATA = "/data";

/** JetStream in a simulated process, and a client of it. Everything happens in virtual time. */
export class TestJetStream {
  readonly world: SimWorld;
  readonly host: SimHost;
  readonly account: Account;
  readonly store: LogStore;
  readonly jetstream: JetStream;
  readonly systemAccount: Account;
  #inboxCount = 0;

  private constructor(
    world: SimWorld,
    host: SimHost,
    account: Account,
    store: LogStore,
    jetstream: JetStream,
    systemAccount: Account,
  ) {
    this.world = world;
    this.host = host;
    this.account = account;
    this.store = store;
    this.jetstream = jetstream;
    this.systemAccount = systemAccount;
  }

  /** Starts on `disk`, an empty one by default. */
  static async open(
    world: SimWorld,
    disk?: SimDisk,
    jetstreamOptions: EngineOptions["jetstream"] = {},
  ): Promise<TestJetStream> {
    const host = world.host(disk === undefined ? {} : { disk });
    const { clock, random, logger } = host;
    const account = new Account("$G", random);
    const store = await LogStore.open({ directory: DATA }, host);
    const server = { id: "NID", name: "test", version: "2.15.1", apiLevel: 4, domain: undefined };
    const { jetstream: options, limits } = resolveEngineOptions({ jetstream: jetstreamOptions });
    const ingest = new IngestRoom({ ...options, payloadMax: limits.payloadMax });
    const room = new StorageRoom(options, () => []);
    const reservedElsewhere = (): ReservedElsewhere => ({ memory: 0, storage: 0 });
    const systemAccount = new Account("$SYS", random);
    const shared = { options, ingest, room, systemAccount, reservedElsewhere };
    const allowed = accountJetStreamOf({}, true) as AccountJetStream;
    const parts = { account, clock, random, logger, store, server, allowed, shared };
    const jetstream = new JetStream(parts);
    await jetstream.open();
    store.listener = {
      onCommitted: () => jetstream.onCommitted(),
      onFailed: () => jetstream.onFailed(),
      onRelieved: () => jetstream.relieve(),
    };
    return new TestJetStream(world, host, account, store, jetstream, systemAccount);
  }

  /** Publishes a message and expects no answer; returns how many took it. */
  send(
    subject: string,
    payload: string | Buffer = "",
    headers: Readonly<Record<string, string>> = {},
    reply = "",
  ): number {
    const hasHeaders = Object.keys(headers).length > 0;
    const block = hasHeaders ? encodeHeaders(undefined, Object.entries(headers)) : Buffer.alloc(0);
    return this.sendBytes(
      subject,
      Buffer.concat([block, Buffer.from(payload)]),
      block.length,
      reply,
    );
  }

  /** The same with a header block as it is. */
  sendBytes(subject: string, body: Buffer, headersSize: number, reply = ""): number {
    const view = new MessageView();
    const subjectBytes = Buffer.from(subject);
    const replyBytes = Buffer.from(reply);
    view.setSubject(subjectBytes, 0, subjectBytes.length);
    view.setReply(replyBytes, 0, replyBytes.length);
    view.setPayload(body, 0, body.length, headersSize);
    return this.account.publish(view);
  }

  subscribe(subject: string, queue = ""): Inbox {
    return new Inbox(this.account, subject, () => this.world.nowMs, queue);
  }

  /** Publishes with a reply subject of its own. */
  ask(subject: string, payload: string | Buffer = "", headers: Record<string, string> = {}): Inbox {
    const inbox = this.subscribe(`_INBOX.${++this.#inboxCount}`);
    this.send(subject, payload, headers, inbox.subject);
    return inbox;
  }

  async request(
    subject: string,
    payload: string | Buffer = "",
    headers: Record<string, string> = {},
  ): Promise<Received> {
    const inbox = this.ask(subject, payload, headers);
    const answer = await inbox.next();
    inbox.close();
    return answer;
  }

  /** A request to the API. */
  async api(name: string, body: unknown = ""): Promise<Answer> {
    const payload = body === "" ? "" : JSON.stringify(body);
    return JSON.parse((await this.request(`$JS.API.${name}`, payload)).payload);
  }

  /** The same; it must not be refused. */
  async ok(name: string, body: unknown = ""): Promise<Answer> {
    const answer = await this.api(name, body);
    assert.equal(answer.error, undefined, `${name}: ${JSON.stringify(answer.error)}`);
    return answer;
  }

  /** Publishes to a stream, whose acknowledgement or refusal it returns. */
  async publish(
    subject: string,
    payload: string | Buffer = "",
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return JSON.parse((await this.request(subject, payload, headers)).payload);
  }

  /** A stream over `<name in lower case>.>`, in a file unless `config` says otherwise. */
  createStream(name: string, config: object = {}): Promise<Answer> {
    const subjects = [`${name.toLowerCase()}.>`];
    return this.ok(`STREAM.CREATE.${name}`, { name, subjects, ...config });
  }

  /** A durable consumer with explicit acknowledgements unless `config` says otherwise. */
  createConsumer(stream: string, name: string, config: object = {}): Promise<Answer> {
    const body = {
      stream_name: stream,
      config: { durable_name: name, ack_policy: "explicit", ...config },
    };
    return this.ok(`CONSUMER.CREATE.${stream}.${name}`, body);
  }

  pull(stream: string, consumer: string, request: object = { batch: 1 }): Inbox {
    return this.ask(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(request));
  }

  /** Lets `ms` of virtual time pass. */
  advance(ms: number): Promise<void> {
    return this.host.clock.advance(ms);
  }

  /** Ends the process as a power cut does, and starts it again. */
  async crash(): Promise<TestJetStream> {
    return TestJetStream.open(this.world, this.host.crash());
  }

  /** Ends the process in order, and starts it again: messages then lie on disk and nowhere else. */
  async restart(): Promise<TestJetStream> {
    await this.close();
    return this.startedAgain();
  }

  /** Starts again on the disk of a process that was closed. */
  startedAgain(): Promise<TestJetStream> {
    return TestJetStream.open(this.world, this.host.kill());
  }

  async close(): Promise<void> {
    this.jetstream.close();
    await this.store.close();
  }
}

/**
 * Runs `body` against a new server in virtual time, and then sees that it leaves nothing behind. A body that has started
 * the server again returns the last one.
 */
export async function withJetStream(
  body: (server: TestJetStream) => Promise<unknown>,
  seed: number | string = "jetstream",
): Promise<void> {
  const world = new SimWorld(seed);
  await world.play(async () => {
    const server = await TestJetStream.open(world);
    const last = await body(server);
    await (last instanceof TestJetStream ? last : server).close();
  });
  assert.equal(
    await world.run({ untilMs: world.nowMs + 24 * 3_600_000 }),
    "idle",
    "timers are left",
  );
}
