import assert from "node:assert/strict";
import { eventually } from "../../interop/support/deadline.ts";
import type { Inbox, RawMessage } from "../../interop/support/inbox.ts";
import type { RawClient } from "../../interop/support/raw-client.ts";
import { comparable } from "./named-differences.ts";

/** One thing to send to both servers. */
export interface Request {
  readonly subject: string;
  /** An object is sent as JSON. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How many messages come back. Default 1. */
  readonly answers?: number;
  /** What the reply subject ends with, where that says something; whatever comes below what precedes it is an answer. */
  readonly replySuffix?: string;
  /** Whether it is sent without a reply subject, and nothing comes back. */
  readonly isSilent?: boolean;
  /** Whether nothing is done where there is no reply subject. */
  readonly isIgnored?: boolean;
  /** A pull that waits for what it gets: a later request with this in `collects` takes it. */
  readonly leaves?: string;
  /** Nothing is sent: the answers are those of the request that left them under this name. */
  readonly collects?: string;
  /** Whether that request goes on to wait. */
  readonly stays?: boolean;
  /** Of a pull: whether heartbeats come first, of which only the first is compared, as there are more on a slow machine. */
  readonly isBeating?: boolean;
  /**
   * Why nats-server answers this as it does since 2.15, where Oxbow answers as 2.14, the version it announces. What a
   * 2.15 answers must then differ, and is not compared.
   */
  readonly changedIn215?: string;
  /** Why it is sent only where the other server is a 2.15: Oxbow does as that, and not as 2.14. */
  readonly asIn215?: string;
  /** Why Oxbow answers otherwise than any nats-server, which it then must. */
  readonly differs?: string;
  /** Whether {@link lastReply} stays what it was. */
  readonly keepsLast?: boolean;
}

/** In place of a subject: all streams are removed, and nothing is compared. */
export const removeAll = "@remove";

/** What the header of a heartbeat begins with. */
const heartbeat = "NATS/1.0 100";

/** In place of a subject: the reply subject of the last message that had one, such as the one acks go to. */
export const lastReply = "@last";

/** A request that gets one answer. */
export function ask(
  subject: string,
  body?: object | string,
  headers?: Readonly<Record<string, string>>,
): Request {
  return {
    subject,
    ...(body !== undefined && { body }),
    ...(headers !== undefined && { headers }),
  };
}

/** A request of the JetStream API; `subject` is without what all of them begin with. */
export function api(
  subject: string,
  body?: object | string,
  headers?: Readonly<Record<string, string>>,
): Request {
  return ask(`$JS.API.${subject}`, body, headers);
}

/** Takes `answers` messages of the request that left them under `name`. */
export function collect(name: string, answers = 1): Request {
  return { subject: "", collects: name, answers };
}

/** A pull that gets `answers` messages. */
export function pull(consumer: string, body: object | string, answers = 1): Request {
  return { subject: `$JS.API.CONSUMER.MSG.NEXT.${consumer}`, body, answers };
}

/** Creation of the stream of `config`. */
export function createStream(
  config: { readonly name: string } & Readonly<Record<string, unknown>>,
): Request {
  return api(`STREAM.CREATE.${config.name}`, config);
}

/** Update of the stream of `config`. */
export function updateStream(
  config: { readonly name: string } & Readonly<Record<string, unknown>>,
): Request {
  return api(`STREAM.UPDATE.${config.name}`, config);
}

/** Creation of a named consumer, without a filter in the subject. */
export function createConsumer(
  stream: string,
  config: { readonly name: string } & Readonly<Record<string, unknown>>,
  more: object = {},
): Request {
  return api(`CONSUMER.CREATE.${stream}.${config.name}`, { stream_name: stream, config, ...more });
}

/** `request`, whose answer is another one since nats-server 2.15. */
export function changedIn215(reason: string, request: Request): Request {
  return { ...request, changedIn215: reason };
}

/** What a failed test calls `request`. */
export function titleOf({ subject, body, headers, collects }: Request): string {
  if (collects !== undefined) return `what ${collects} left`;
  const payload = typeof body === "string" ? body : JSON.stringify(body ?? "");
  const header = headers === undefined ? "" : `${JSON.stringify(headers)} `;
  return `${subject} ${header}${payload}`.slice(0, 160);
}

/** Sends requests to one server in order. */
export class Asker {
  readonly #client: RawClient;
  #reply = "";
  /** Where the answers to all requests with a reply subject of a certain form go. */
  #shared: Inbox | undefined;
  readonly #left = new Map<string, Inbox>();

  constructor(client: RawClient) {
    this.#client = client;
  }

  /** The answers in the form in which those of two servers can be compared. */
  async answersTo(request: Request): Promise<unknown[]> {
    if (request.subject === removeAll) return this.#removeAll();
    const subject = request.subject === lastReply ? this.#reply : request.subject;
    const { body = "" } = request;
    const payload = typeof body === "string" ? body : JSON.stringify(body);
    if (request.isSilent === true) return this.#tell(subject, payload, request);
    if (request.leaves !== undefined) return this.#leave(subject, payload, request.leaves);
    const inbox = this.#left.get(request.collects ?? "") ?? this.#ask(subject, payload, request);
    const messages = await inbox.take(request.answers ?? 1);
    while (request.isBeating === true && messages.at(-1)?.header.startsWith(heartbeat) === true) {
      messages.splice(1, Infinity, await inbox.next());
    }
    if (request.answers === 0) await this.#client.request("$JS.API.INFO");
    await this.#client.flush();
    assert.deepEqual(inbox.arrived, [], "more answers than expected");
    if (inbox !== this.#shared && request.stays !== true) this.#client.unsubscribe(inbox);
    if (request.keepsLast !== true) {
      for (const { reply } of messages) this.#reply = reply ?? this.#reply;
    }
    return messages.map((message) => this.#seen(message, inbox.subject));
  }

  /** Sends a pull and resolves once it waits, which is not when the server has answered what was sent later. */
  async #leave(subject: string, payload: string, name: string): Promise<unknown[]> {
    const consumer = subject.slice("$JS.API.CONSUMER.MSG.NEXT.".length);
    const countWaiting = async (): Promise<number> => {
      const { body } = await this.#client.request(`$JS.API.CONSUMER.INFO.${consumer}`);
      return (JSON.parse(body.toString()) as { readonly num_waiting: number }).num_waiting;
    };
    const before = await countWaiting();
    this.#left.set(name, this.#client.ask(subject, payload));
    await eventually("a pull to wait", async () => (await countWaiting()) > before || undefined);
    return [];
  }

  /** Sends what gets no answer, and waits until it is done: a server may do what came before a later request after it. */
  async #tell(subject: string, payload: string, request: Request): Promise<unknown[]> {
    const { headers, isIgnored } = request;
    const audits = this.#client.subscribe("$JS.EVENT.ADVISORY.API");
    this.#client.publish(subject, payload, headers === undefined ? {} : { headers });
    if (subject.startsWith("$JS.API.") && isIgnored !== true) await audits.take(1);
    this.#client.unsubscribe(audits);
    await this.#client.request("$JS.API.INFO");
    return [];
  }

  #ask(subject: string, payload: string, { headers, replySuffix }: Request): Inbox {
    if (replySuffix === undefined) return this.#client.ask(subject, payload, headers);
    this.#shared ??= this.#client.subscribe("inbox.of.the.comparison.>");
    const reply = `inbox.of.the.comparison.${replySuffix}`;
    this.#client.publish(subject, payload, { reply, ...(headers !== undefined && { headers }) });
    return this.#shared;
  }

  async #removeAll(): Promise<unknown[]> {
    const { body } = await this.#client.request("$JS.API.STREAM.NAMES");
    const { streams } = JSON.parse(body.toString()) as { readonly streams: string[] | null };
    for (const name of streams ?? []) await this.#client.request(`$JS.API.STREAM.DELETE.${name}`);
    return [];
  }

  #seen(message: RawMessage, inbox: string): unknown {
    return comparable({
      subject: message.subject === inbox ? "<inbox>" : message.subject,
      reply: message.reply,
      header: message.header,
      body: message.body.toString(),
    });
  }
}
