import { type JetStreamClient, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Notice } from "oxbow/control";
import type { TraceContext, Tracing } from "oxbow/internal";
import { Stations } from "../../stations/stations.ts";
import type { StoredTarget } from "../documents.ts";
import type { AddressGuard } from "./address-guard.ts";
import { httpPost } from "./http-post.ts";
import { sendEmail } from "./send-email.ts";
import { sendToStation } from "./send-station.ts";
import { slackBody, webhookBody } from "./texts.ts";
import { webhookHeaders } from "./webhook-signature.ts";

/** Sends notices to where channels say. */
export class Sender {
  readonly #js: JetStreamClient;
  readonly #stations: Stations;
  readonly #guard: AddressGuard;
  readonly #nowMs: () => number;
  readonly #tracing: () => Tracing | undefined;

  private constructor(
    js: JetStreamClient,
    stations: Stations,
    guard: AddressGuard,
    nowMs: () => number,
    tracing: () => Tracing | undefined,
  ) {
    this.#tracing = tracing;
    this.#js = js;
    this.#stations = stations;
    this.#guard = guard;
    this.#nowMs = nowMs;
  }

  /** @param tracing - Writes down what is sent as spans, once it gives something that does. */
  static async open(
    connection: NatsConnection,
    guard: AddressGuard,
    nowMs: () => number = Date.now,
    tracing: () => Tracing | undefined = () => undefined,
  ): Promise<Sender> {
    const stations = await Stations.open(connection);
    return new Sender(jetstream(connection), stations, guard, nowMs, tracing);
  }

  /**
   * Sends a notice once.
   *
   * @returns What the other side said, in a line.
   * @throws SendFailure
   */
  async send(to: StoredTarget, notice: Notice): Promise<string> {
    const span = this.#tracing()?.begin({
      name: `notify ${to.kind}`,
      kind: "client",
      attributes: { "oxbow.notification.rule": notice.rule ?? undefined },
    });
    try {
      const said = await this.#send(to, notice, span?.context);
      span?.end();
      return said;
    } catch (error) {
      span?.end(error);
      throw error;
    }
  }

  #send(to: StoredTarget, notice: Notice, trace: TraceContext | undefined): Promise<string> {
    switch (to.kind) {
      case "slack":
        return httpPost({ url: to.url, headers: {}, body: slackBody(notice) }, this.#guard);
      case "webhook": {
        const body = webhookBody(notice);
        const headers = {
          ...webhookHeaders(to.secret, `msg_${notice.id}`, this.#nowMs(), body),
          ...trace,
        };
        return httpPost({ url: to.url, headers, body }, this.#guard);
      }
      case "email":
        return sendEmail(to, notice, this.#guard);
      case "station":
        return sendToStation(to.station, notice, this.#js, this.#stations, trace);
    }
  }
}
