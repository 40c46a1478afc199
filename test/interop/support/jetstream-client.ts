import assert from "node:assert/strict";
import { eventually } from "./deadline.ts";
import type { Inbox } from "./inbox.ts";
import { type Address, type Headers, RawClient } from "./raw-client.ts";

/** The error part of an answer of the JetStream API, or of a publish acknowledgement. */
export interface ApiFailure {
  readonly code: number;
  readonly err_code: number;
  readonly description: string;
}

/** Any answer of the JetStream API. Fields beyond `type` and `error` are read as the test needs them. */
// biome-ignore lint/suspicious/noExplicitAny: the answers are what is under test, so no type can be presumed for them.
export type ApiAnswer = Record<string, any> & { type: string; error?: ApiFailure };

/** A publish acknowledgement. */
export interface PublishAnswer {
  readonly stream?: string;
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: ApiFailure;
}

/** Milliseconds in the unit of the JetStream API. */
export function nanos(milliseconds: number): number {
  return milliseconds * 1_000_000;
}

/** JetStream over the bare protocol: requests as JSON and answers as parsed JSON, nothing checked or filled in. */
export class RawJetStream implements AsyncDisposable {
  readonly client: RawClient;

  private constructor(client: RawClient) {
    this.client = client;
  }

  /** @param fields - Of CONNECT, beside the usual ones. */
  static async open(server: Address, fields: Record<string, unknown> = {}): Promise<RawJetStream> {
    return new RawJetStream(await RawClient.open(server, fields));
  }

  /** Sends a request to `$JS.API.<subject>`. A string body goes out as it is. */
  async api(subject: string, body?: unknown, headers?: Headers): Promise<ApiAnswer> {
    const text = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
    const answer = await this.client.request(`$JS.API.${subject}`, text, headers);
    assert.notEqual(answer.body.length, 0, `no JSON from ${subject} but ${answer.header}`);
    return JSON.parse(answer.body.toString()) as ApiAnswer;
  }

  /** {@link RawJetStream.api}, which must succeed. */
  async ok(subject: string, body?: unknown): Promise<ApiAnswer> {
    const answer = await this.api(subject, body);
    assert.equal(answer.error, undefined, `${subject}: ${JSON.stringify(answer.error)}`);
    return answer;
  }

  /** {@link RawJetStream.api}, which must fail with exactly this error. */
  async refuses(subject: string, body: unknown, failure: ApiFailure): Promise<void> {
    const answer = await this.api(subject, body);
    assert.deepEqual(answer.error, failure, `${subject} ${JSON.stringify(body)}`);
  }

  createStream(name: string, config: Record<string, unknown> = {}): Promise<ApiAnswer> {
    return this.ok(`STREAM.CREATE.${name}`, { name, ...config });
  }

  /** Creates a durable consumer with explicit acks, unless `config` says otherwise. */
  createConsumer(
    stream: string,
    name: string,
    config: Record<string, unknown> = {},
  ): Promise<ApiAnswer> {
    return this.ok(`CONSUMER.CREATE.${stream}.${name}`, {
      stream_name: stream,
      config: { name, durable_name: name, ack_policy: "explicit", ...config },
      action: "create",
    });
  }

  streamInfo(name: string, body?: unknown): Promise<ApiAnswer> {
    return this.ok(`STREAM.INFO.${name}`, body);
  }

  consumerInfo(stream: string, name: string): Promise<ApiAnswer> {
    return this.ok(`CONSUMER.INFO.${stream}.${name}`);
  }

  async publish(subject: string, body = "", headers?: Headers): Promise<PublishAnswer> {
    const answer = await this.client.request(subject, body, headers);
    return JSON.parse(answer.body.toString()) as PublishAnswer;
  }

  /** Publishes each of `bodies` to `subject`; every one must be stored. */
  async publishAll(subject: string, bodies: readonly string[]): Promise<void> {
    for (const body of bodies) {
      const answer = await this.publish(subject, body);
      assert.equal(answer.error, undefined, JSON.stringify(answer));
    }
  }

  /** Sends a pull request; messages and statuses come to the inbox. */
  pull(stream: string, consumer: string, body: unknown = ""): Inbox {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.client.ask(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, text);
  }

  /** Resolves once so many pull requests wait: a server takes them in after it has answered what was sent later. */
  async untilWaiting(stream: string, consumer: string, count: number): Promise<void> {
    await eventually(`${count} pull requests to wait`, async () => {
      const info = await this.consumerInfo(stream, consumer);
      return info["num_waiting"] === count ? true : undefined;
    });
  }

  /** Acknowledges with `verb` and waits until the server confirms it. */
  async ackSync(reply: string | undefined, verb = "+ACK"): Promise<void> {
    assert.ok(reply !== undefined, "the message carries no reply subject");
    const answer = await this.client.request(reply, verb);
    assert.equal(answer.header, "", `${verb} was answered ${answer.header}`);
    assert.equal(answer.body.length, 0);
  }

  /** Acknowledges with `verb`, without an answer. */
  ack(reply: string | undefined, verb = "+ACK"): void {
    assert.ok(reply !== undefined, "the message carries no reply subject");
    this.client.publish(reply, verb);
  }

  close(): Promise<void> {
    return this.client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The numbers in the reply subject of a delivered message. */
export interface DeliveryNumbers {
  readonly stream: string;
  readonly consumer: string;
  readonly deliveryCount: number;
  readonly streamSequence: number;
  readonly consumerSequence: number;
  readonly timestampNs: bigint;
  readonly pendingCount: number;
}

/** Takes a reply subject `$JS.ACK.<stream>.<consumer>.<count>.<seq>.<seq>.<ns>.<pending>` apart. */
export function deliveryNumbers(reply: string | undefined): DeliveryNumbers {
  const tokens = reply?.split(".") ?? [];
  assert.equal(tokens.length, 9, `not the reply subject of a delivery: ${reply}`);
  assert.deepEqual(tokens.slice(0, 2), ["$JS", "ACK"]);
  const [stream, consumer, count, streamSequence, consumerSequence, timestamp, pending] =
    tokens.slice(2) as [string, string, string, string, string, string, string];
  return {
    stream,
    consumer,
    deliveryCount: Number(count),
    streamSequence: Number(streamSequence),
    consumerSequence: Number(consumerSequence),
    timestampNs: BigInt(timestamp),
    pendingCount: Number(pending),
  };
}
