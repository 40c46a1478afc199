import type { Clock, Random } from "@oxbow/base";
import { encodeAnswer } from "../json/encode.ts";
import type { JsonValue } from "../json/shape.ts";
import { randomName } from "../random-name.ts";
import type { ClientInfo } from "../routing/client-info.ts";
import { formatTimestamp } from "../time/timestamp.ts";
import type { Sender } from "./sender.ts";

/** Why a batch will not be committed; the publisher may not hear of it, an advisory says it. */
export type BatchAbandonReason = "timeout" | "large" | "incomplete" | "unsupported";

const PREFIX = "$JS.EVENT.ADVISORY";
const ACK_METRIC_PREFIX = "$JS.EVENT.METRIC.CONSUMER.ACK";
const ACK_METRIC_TYPE = "io.nats.jetstream.metric.v1.consumer_ack";

/** A request to the API, as far as its audit is concerned. */
export interface AuditedRequest {
  readonly subject: string;
  readonly body: Buffer;
  /** Who asked. */
  readonly client: ClientInfo | undefined;
}

/** The server that advisories come from. */
export interface AdvisingServer {
  readonly name: string;
  /** Its JetStream domain, if it has one. */
  readonly domain: string | undefined;
}

/**
 * Tells the account what happens in its streams and consumers, on `$JS.EVENT.ADVISORY.>` (ADR-2). Fields come in the
 * order nats-server writes them.
 */
export class Advisories {
  readonly #sender: Sender;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #server: AdvisingServer;
  readonly #system: Sender | undefined;

  /** @param system - Where those who run the server are told. */
  constructor(
    sender: Sender,
    clock: Clock,
    random: Random,
    server: AdvisingServer,
    system?: Sender,
  ) {
    this.#sender = sender;
    this.#system = system;
    this.#clock = clock;
    this.#random = random;
    this.#server = server;
  }

  /** Whether anybody wants to hear of requests to the API. */
  get isAudited(): boolean {
    return this.#sender.hasInterest(`${PREFIX}.API`);
  }

  /** A request to the API was answered. */
  apiAudit({ subject, body, client }: AuditedRequest, response: string): void {
    this.#publish("API", "api_audit", {
      server: this.#server.name,
      client: (client ?? {}) as JsonValue,
      subject,
      ...(body.length > 0 && { request: body.toString() }),
      response,
    });
  }

  /** Requests to the API were not taken: too many wait already. The account of the servers is told. */
  apiLimitReached(dropped: number): void {
    const { name, domain } = this.#server;
    const fields = { server: name, domain, dropped };
    this.#tellServers("API.LIMIT_REACHED", "api_limit_reached", fields);
  }

  /** There is no room left to write; the account of the servers is told. */
  outOfStorage(serverId: string): void {
    const fields = { server: this.#server.name, server_id: serverId, cluster: "" };
    this.#tellServers("SERVER.OUT_OF_STORAGE", "server_out_of_space", fields);
  }

  streamAction(stream: string, action: "create" | "modify" | "delete"): void {
    const suffix = { create: "CREATED", modify: "UPDATED", delete: "DELETED" }[action];
    this.#publish(`STREAM.${suffix}.${stream}`, "stream_action", { stream, action });
  }

  consumerAction(stream: string, consumer: string, action: "create" | "delete"): void {
    const suffix = action === "create" ? "CREATED" : "DELETED";
    const fields = { stream, consumer, action };
    this.#publish(`CONSUMER.${suffix}.${stream}.${consumer}`, "consumer_action", fields);
  }

  /** @param until - The instant as answers write it. */
  consumerPaused(stream: string, consumer: string, paused: boolean, until: string): void {
    const fields = { stream, consumer, paused, pause_until: until };
    this.#publish(`CONSUMER.PAUSE.${stream}.${consumer}`, "consumer_pause", fields);
  }

  /** A client of a priority group is the one that gets the messages from now on (ADR-42). */
  groupPinned(
    account: string,
    stream: string,
    consumer: string,
    group: string,
    pinId: string,
  ): void {
    const fields = { account, stream, consumer, group, pinned_id: pinId };
    this.#publish(`CONSUMER.PINNED.${stream}.${consumer}`, "consumer_group_pinned", fields);
  }

  groupUnpinned(
    account: string,
    stream: string,
    consumer: string,
    group: string,
    reason: "admin" | "timeout",
  ): void {
    const fields = { account, stream, consumer, group, reason };
    this.#publish(`CONSUMER.UNPINNED.${stream}.${consumer}`, "consumer_group_unpinned", fields);
  }

  /**
   * A message was acknowledged, and was chosen to be measured.
   *
   * @param ackTime - Nanoseconds since its last delivery.
   */
  ackSampled(
    stream: string,
    consumer: string,
    consumerSequence: number,
    sequence: number,
    ackTime: bigint,
    deliveries: number,
  ): void {
    this.#send(`${ACK_METRIC_PREFIX}.${stream}.${consumer}`, ACK_METRIC_TYPE, {
      stream,
      consumer,
      consumer_seq: consumerSequence,
      stream_seq: sequence,
      ack_time: ackTime,
      deliveries,
    });
  }

  maxDeliveries(stream: string, consumer: string, sequence: number, deliveries: number): void {
    this.#publish(`CONSUMER.MAX_DELIVERIES.${stream}.${consumer}`, "max_deliver", {
      stream,
      consumer,
      stream_seq: sequence,
      deliveries,
    });
  }

  messageNaked(
    stream: string,
    consumer: string,
    consumerSequence: number,
    sequence: number,
    deliveries: number,
  ): void {
    this.#publish(`CONSUMER.MSG_NAKED.${stream}.${consumer}`, "nak", {
      stream,
      consumer,
      consumer_seq: consumerSequence,
      stream_seq: sequence,
      deliveries,
    });
  }

  messageTerminated(
    stream: string,
    consumer: string,
    consumerSequence: number,
    sequence: number,
    deliveries: number,
    reason: string,
  ): void {
    this.#publish(`CONSUMER.MSG_TERMINATED.${stream}.${consumer}`, "terminated", {
      stream,
      consumer,
      consumer_seq: consumerSequence,
      stream_seq: sequence,
      deliveries,
      ...(reason !== "" && { reason }),
    });
  }

  /** The account of the servers is told, too. */
  batchAbandoned(stream: string, batch: string, reason: BatchAbandonReason): void {
    const fields = { stream, domain: this.#server.domain, batch, reason };
    const subject = `STREAM.BATCH_ABANDONED.${stream}`;
    this.#publish(subject, "stream_batch_abandoned", fields);
    const account = this.#sender.accountName;
    this.#tellServers(subject, "stream_batch_abandoned", { account, ...fields });
  }

  snapshotBegun(stream: string, state: JsonValue): void {
    this.#publish(`STREAM.SNAPSHOT_CREATE.${stream}`, "snapshot_create", { stream, state });
  }

  snapshotEnded(stream: string, start: string, end: string, error: string | undefined): void {
    const fields = { stream, start, end, ...(error !== undefined && { error }) };
    this.#publish(`STREAM.SNAPSHOT_COMPLETE.${stream}`, "snapshot_complete", fields);
  }

  restoreBegun(stream: string): void {
    this.#publish(`STREAM.RESTORE_CREATE.${stream}`, "restore_create", { stream });
  }

  restoreEnded(stream: string, start: string, end: string, bytes: number): void {
    const fields = { stream, start, end, bytes };
    this.#publish(`STREAM.RESTORE_COMPLETE.${stream}`, "restore_complete", fields);
  }

  /** Messages can't be read back from the disk: Oxbow's own, since nats-server has no word for it. */
  messageDamaged(stream: string, sequence: number): void {
    this.#publish(`STREAM.MSG_DAMAGED.${stream}`, "message_damaged", {
      stream,
      stream_seq: sequence,
    });
  }

  #tellServers(suffix: string, type: string, fields: { [name: string]: JsonValue }): void {
    if (this.#system !== undefined) this.#publish(suffix, type, fields, this.#system);
  }

  #publish(
    suffix: string,
    type: string,
    fields: { [name: string]: JsonValue },
    sender: Sender = this.#sender,
  ): void {
    this.#send(`${PREFIX}.${suffix}`, `io.nats.jetstream.advisory.v1.${type}`, fields, sender);
  }

  /** Nothing is made that nobody gets. */
  #send(
    subject: string,
    type: string,
    fields: { [name: string]: JsonValue },
    sender: Sender = this.#sender,
  ): void {
    if (!sender.hasInterest(subject)) return;
    const nowMs = this.#clock.nowMs();
    const seconds = Math.floor(nowMs / 1000);
    const nanos = Math.floor((nowMs - seconds * 1000) * 1e6);
    const advisory = {
      type,
      id: randomName(this.#random, 22),
      timestamp: formatTimestamp(seconds, nanos),
      ...fields,
      ...(this.#server.domain !== undefined && { domain: this.#server.domain }),
    };
    sender.announce(subject, encodeAnswer(advisory));
  }
}
