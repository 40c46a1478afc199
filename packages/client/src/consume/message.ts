import type { Msg } from "@nats-io/nats-core";
import type { Link } from "../connection/link.ts";
import type { Requests } from "../connection/requests.ts";
import { clientError } from "../errors.ts";
import { encodedHeaders, headerLine } from "../produce/encoded-headers.ts";
import { endProcessing } from "../tracing/consume-spans.ts";
import type { Tracing } from "../tracing/tracing.ts";
import type { Decoded } from "../values/value-type.ts";
import { type Delivery, deliveryOf } from "./delivery.ts";
import type { Outcome } from "./ordered/key-lanes.ts";
import { type MessageSource, StationMessage } from "./station-message.ts";

/** What messages need to be settled. */
export interface MessageServices {
  readonly link: Link;
  readonly requests: Requests;
  /** Writes down what is done with them. */
  readonly tracing: Tracing | undefined;
}

/** Where a message of a group came from. */
export interface GroupSource extends MessageSource {
  readonly group: string;
  readonly isUntilAcknowledged: boolean;
}

const ackBytes = Buffer.from("+ACK");
const noDelivery: Delivery = {
  stream: "",
  consumer: "",
  attempt: 1,
  sequence: 0,
  consumerSequence: 0,
  timeMs: 0,
  pending: 0,
};
/** Whoever keeps messages in order has a say in what becomes of one. */
export interface MessageKeeper {
  /** Whether it is still this member's to speak of: else another one has it by now. */
  isOurs(): boolean;
  /** It is acknowledged, or given up. */
  settled(outcome: Outcome): void;
  /** It is to come again: it is the keeper's to tell the server. */
  failed(delayMs: number): void;
}

/** Characters of a reason that are kept. */
const reasonCharsMax = 1_000;

/**
 * A message that was delivered to a member of a group. It is the member's until it says what became of it, or until the max
 * ack time of the group is over. What is said first counts.
 */
export class Message<Value> extends StationMessage<Value> {
  readonly #services: MessageServices;
  readonly #source: GroupSource;
  readonly #raw: Msg;
  #delivery: Delivery | undefined;
  #isSettled = false;
  /** Told once it is settled. */
  onSettled: ((message: Message<unknown>) => void) | undefined;
  /** Of a group that is ordered by key. */
  keeper: MessageKeeper | undefined;

  constructor(
    services: MessageServices,
    raw: Msg,
    source: GroupSource,
    decode: (data: Uint8Array) => Decoded,
    decoded?: Decoded,
  ) {
    super(raw, source, decode, decoded);
    this.#services = services;
    this.#source = source;
    this.#raw = raw;
  }

  /** The group it was delivered to. */
  get group(): string {
    return this.#source.group;
  }

  /** In its partition. */
  get sequence(): number {
    return this.#info.sequence;
  }

  /** When it was stored. */
  get time(): Date {
    return new Date(this.#info.timeMs);
  }

  /** How often it was delivered to the group, this time included: from 1. */
  get attempt(): number {
    return this.#info.attempt;
  }

  /** Messages of its partition that wait for the group behind it. */
  get pending(): number {
    return this.#info.pending;
  }

  /** Where it is said what became of it, for who does that elsewhere: see the protocol of NATS for what. */
  get ackSubject(): string {
    return this.#raw.reply ?? "";
  }

  /** Whether it was said what became of it. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** It is done: the group does not get it again. Not waited for; what gets lost is delivered again. */
  ack(): void {
    if (!this.#settle("ack")) return;
    const isOurs = this.#isOurs;
    if (isOurs) this.#services.link.publish(this.#raw.reply ?? "", ackBytes);
    this.keeper?.settled(isOurs ? "acknowledged" : "untold");
  }

  /**
   * As {@link ack}, and resolves once the server has written it down.
   *
   * @throws OxbowError `MESSAGE_SETTLED` if something was said before, `REQUEST_TIMEOUT`, `CONNECTION_CLOSED`
   */
  ackSync(): Promise<void> {
    if (!this.#settle("ack")) {
      const text = "the message is settled already: acknowledge each once";
      return Promise.reject(clientError("MESSAGE_SETTLED", text));
    }
    return this.#kept(() => this.#request(this.#raw.reply ?? "", ackBytes, ""), "acknowledged");
  }

  /** It could not be handled: it is delivered again, after a time if one is given. */
  nak({ delayMs }: { readonly delayMs?: number } = {}): void {
    if (!this.#settle("nak")) return;
    if (this.keeper !== undefined) {
      this.keeper.failed(delayMs ?? 0);
      return;
    }
    const delay =
      delayMs === undefined ? "" : ` ${JSON.stringify({ delay: Math.round(delayMs * 1_000_000) })}`;
    this.#services.link.publish(this.#raw.reply ?? "", `-NAK${delay}`);
  }

  /** It is being worked on: the max ack time begins anew. */
  working(): void {
    if (!this.#isSettled) this.#services.link.publish(this.#raw.reply ?? "", "+WPI");
  }

  /** It is given up, and not delivered again. With a reason it is better given to {@link deadLetter}. */
  term(): void {
    if (!this.#settle("term")) return;
    const isOurs = this.#isOurs;
    if (isOurs) this.#services.link.publish(this.#raw.reply ?? "", "+TERM");
    this.keeper?.settled(isOurs ? "given up" : "untold");
  }

  /**
   * It is given up, and becomes a dead letter with this reason where there is a platform; elsewhere the server tells of it in an
   * advisory. Resolves once the server has written it down.
   *
   * @throws OxbowError as {@link ackSync}
   */
  async deadLetter(reason: string): Promise<void> {
    if (!this.#settle("dead letter")) {
      const text = "the message is settled already: it can't become a dead letter any more";
      throw clientError("MESSAGE_SETTLED", text);
    }
    await this.#kept(() => this.#bury(oneLine(reason)), "given up");
  }

  get #info(): Delivery {
    this.#delivery ??= deliveryOf(this.#raw.reply ?? "") ?? noDelivery;
    return this.#delivery;
  }

  async #bury(line: string): Promise<void> {
    if (this.#source.isUntilAcknowledged) await this.#handOver(line);
    await this.#request(this.#raw.reply ?? "", Buffer.from(`+TERM ${line}`), "");
  }

  /** The next of its key comes once the server knows; if that can't be told, this one again. */
  async #kept(ask: () => Promise<void>, outcome: Outcome): Promise<void> {
    const { keeper } = this;
    if (keeper === undefined) return ask();
    try {
      if (!this.#isOurs) throw taken(this.group, this.station);
      await ask();
    } catch (error) {
      keeper.failed(0);
      throw error;
    }
    keeper.settled(outcome);
  }

  get #isOurs(): boolean {
    return this.keeper?.isOurs() ?? true;
  }

  #settle(outcome: string): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    if (this.#services.tracing !== undefined) endProcessing(this, outcome);
    this.onSettled?.(this as Message<unknown>);
    return true;
  }

  /** Its station forgets it once it is terminated, so that it must be handed over whole before. */
  async #handOver(reason: string): Promise<void> {
    const { stream, consumer, sequence, attempt, timeMs } = this.#info;
    let lines =
      headerLine("Oxbow-Stream", stream) +
      headerLine("Oxbow-Sequence", String(sequence)) +
      headerLine("Oxbow-Consumer", consumer) +
      headerLine("Oxbow-Error", reason) +
      headerLine("Oxbow-Subject", this.subject) +
      headerLine("Oxbow-Time", new Date(timeMs).toISOString()) +
      headerLine("Oxbow-Attempts", String(attempt));
    for (const [name, values] of Object.entries(this.headers)) {
      const kept = /^(?:nats|oxbow)-/i.test(name) ? `Oxbow-Of-${name}` : name;
      for (const value of values) lines += headerLine(kept, value);
    }
    const token = this.station.replaceAll(".", "#");
    await this.#request(`$OXBOW.DL.${token}.consumer`, this.data, lines);
  }

  /** Resolves with any answer, and if nobody is there to give one. */
  #request(subject: string, payload: Uint8Array, lines: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#services.requests.send({
        subject,
        payload,
        headers: lines === "" ? undefined : encodedHeaders(lines),
        onAnswer: () => resolve(),
        onUnanswered: () => {
          if (lines !== "") resolve();
          else reject(gone(this.group, this.station));
        },
        onFail: reject,
      });
    });
  }
}

function gone(group: string, station: string): Error {
  const text = `group ${group} of station ${station} is gone: nobody takes the acknowledgement`;
  return clientError("MESSAGE_SETTLED", text);
}

function taken(group: string, station: string): Error {
  const text = `the message is not this member's any more: group ${group} of station ${station} has not heard of it for the max ack time, and gives it to another one`;
  return clientError("MESSAGE_SETTLED", text);
}

function oneLine(reason: string): string {
  return reason
    .replaceAll(/[\r\n\t]+/g, " ")
    .trim()
    .slice(0, reasonCharsMax);
}
