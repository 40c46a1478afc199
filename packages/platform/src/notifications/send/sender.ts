import { type JetStreamClient, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Notice } from "oxbow/control";
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

  private constructor(
    js: JetStreamClient,
    stations: Stations,
    guard: AddressGuard,
    nowMs: () => number,
  ) {
    this.#js = js;
    this.#stations = stations;
    this.#guard = guard;
    this.#nowMs = nowMs;
  }

  static async open(
    connection: NatsConnection,
    guard: AddressGuard,
    nowMs: () => number = Date.now,
  ): Promise<Sender> {
    return new Sender(jetstream(connection), await Stations.open(connection), guard, nowMs);
  }

  /**
   * Sends a notice once.
   *
   * @returns What the other side said, in a line.
   * @throws SendFailure
   */
  send(to: StoredTarget, notice: Notice): Promise<string> {
    switch (to.kind) {
      case "slack":
        return httpPost({ url: to.url, headers: {}, body: slackBody(notice) }, this.#guard);
      case "webhook": {
        const body = webhookBody(notice);
        const headers = webhookHeaders(to.secret, `msg_${notice.id}`, this.#nowMs(), body);
        return httpPost({ url: to.url, headers, body }, this.#guard);
      }
      case "email":
        return sendEmail(to, notice, this.#guard);
      case "station":
        return sendToStation(to.station, notice, this.#js, this.#stations);
    }
  }
}
