import type { MsgHdrs } from "@nats-io/nats-core";
import type { Request } from "../connection/requests.ts";
import { platformError } from "../control/platform-errors.ts";
import { type Address, addressOf } from "../stations/route.ts";
import { type Acknowledgement, readAnswer } from "./acknowledgement.ts";
import { isConditional, type ProduceOptions } from "./produce-options.ts";
import type { ProducerServices } from "./producer-services.ts";

interface Outgoing {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers: MsgHdrs;
}

/** One message on its way to the station, where it may turn out to be another one by now. */
export class MessageAttempt implements Request {
  readonly #services: ProducerServices;
  readonly #options: ProduceOptions;
  readonly #messageId: string;
  /** The id of its content, where that makes messages the same. */
  readonly #content: string | undefined;
  readonly #resolve: (acknowledgement: Acknowledgement) => void;
  readonly #reject: (error: Error) => void;
  #station = "";
  #partition = 0;
  #isSecond = false;
  subject = "";
  payload: Uint8Array = new Uint8Array();
  headers: MsgHdrs | undefined;
  unrepeatable: string | undefined;

  constructor(
    services: ProducerServices,
    options: ProduceOptions,
    messageId: string,
    content: string | undefined,
    resolve: (acknowledgement: Acknowledgement) => void,
    reject: (error: Error) => void,
  ) {
    this.#services = services;
    this.#options = options;
    this.#messageId = messageId;
    this.#content = content;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  send(station: string, { partition }: Address, outgoing: Outgoing): void {
    this.#station = station;
    this.#partition = partition;
    this.subject = outgoing.subject;
    this.payload = outgoing.payload;
    this.headers = outgoing.headers;
    if (isConditional(this.#options)) {
      this.unrepeatable = `station ${station}: the connection was lost while message ${this.#messageId} was under way, and as it expects something of the messages before it, it is not sent again: look whether it is there`;
    }
    this.#services.requests.send(this);
  }

  onUnanswered(): void {
    void this.#elsewhere();
  }

  onAnswer(bytes: Uint8Array, start: number, end: number): void {
    const result = readAnswer(this.#station, bytes, start, end);
    if (result instanceof Error) {
      this.#reject(result);
      return;
    }
    this.#resolve({
      partition: this.#partition,
      sequence: result.sequence,
      // Of an id that nobody else has, it is the message itself, which was sent again.
      isDuplicate: result.isDuplicate && this.#known !== undefined,
      messageId: this.#messageId,
    });
  }

  /** What the station knows the message by if it comes again. */
  get #known(): string | undefined {
    return this.#content ?? this.#options.messageId;
  }

  onFail(error: Error): void {
    if (this.#services.link.isClosed) {
      const { key } = this.#options;
      this.#services.onAbandoned({ station: this.#station, messageId: this.#messageId, key });
    }
    this.#reject(error);
  }

  /** Nobody takes the subject: the station may be another one by now. */
  async #elsewhere(): Promise<void> {
    const { routes, requests } = this.#services;
    const station = this.#station;
    try {
      if (this.#isSecond) {
        const text = `station ${station} takes no messages on ${this.subject}: create it, or look at its problems`;
        throw platformError("STATION_NOT_FOUND", text);
      }
      this.#isSecond = true;
      routes.forget(station);
      const route = await routes.findOrMake(station);
      const { key, partition } = this.#options;
      const address = addressOf(route, key, partition, this.#known, 0);
      this.#partition = address.partition;
      if (this.#options.delayMs === undefined && this.#options.at === undefined) {
        this.subject = address.subject;
      }
      requests.send(this);
    } catch (error) {
      this.#reject(error as Error);
    }
  }
}
