import type { Clock } from "@oxbow/base";
import type { Account } from "../account.ts";
import { timestampOf } from "../event-head.ts";
import { MessageView } from "../message.ts";
import { encodeTrace } from "./trace-encoding.ts";
import {
  clientKind,
  type IngressEvent,
  type StreamEvent,
  type TraceEvent,
} from "./trace-events.ts";
import { acceptEncodingHeader, type HeaderValues } from "./trace-headers.ts";
import type { TraceTarget } from "./trace-target.ts";

/** The server whose traces these are. */
export interface TraceServer {
  /** What events tell of it. */
  eventHead(nowMs: number): object;
}

/** What came in, and from whom. */
export interface TracedPublish {
  /** The account of the publisher, where the trace goes to. */
  readonly account: Account;
  readonly clientId: number;
  readonly clientName: string;
  readonly subject: string;
  readonly headers: HeaderValues;
  /** Bytes of headers and payload. */
  readonly size: number;
  /** The subject of the trace. */
  readonly destination: string;
  /** Whether nobody is to get the message. */
  readonly isOnly: boolean;
}

/** Notes what becomes of one message, and tells it when all is done. */
export class MessageTrace {
  /** Whether nobody is to get the message. */
  readonly isOnly: boolean;
  /** What a subscription is called at the exporter, while a message is delivered to the account that imports it. */
  exportedSubject = "";
  readonly #clock: Clock;
  readonly #server: TraceServer;
  readonly #publish: TracedPublish;
  readonly #ingress: IngressEvent;
  readonly #events: TraceEvent[];
  #stream: StreamEvent | undefined = undefined;

  constructor(publish: TracedPublish, clock: Clock, server: TraceServer) {
    this.isOnly = publish.isOnly;
    this.#clock = clock;
    this.#server = server;
    this.#publish = publish;
    this.#ingress = {
      type: "in",
      ts: this.#now(),
      kind: clientKind,
      cid: publish.clientId,
      ...(publish.clientName !== "" && { name: publish.clientName }),
      acc: publish.account.name,
      subj: publish.subject,
    };
    this.#events = [this.#ingress];
  }

  /** The message is refused. */
  onRefused(error: string): void {
    this.#ingress.error = error;
  }

  onMapped(to: string): void {
    this.#events.push({ type: "sm", ts: this.#now(), to });
  }

  /** The message goes to a subscription of the account that imports it. */
  onStreamExport(account: string, to: string): void {
    this.#events.push({ type: "se", ts: this.#now(), acc: account, to });
  }

  /** The message goes to the account whose service is asked. */
  onServiceImport(account: string, from: string, to: string): void {
    this.#events.push({ type: "si", ts: this.#now(), acc: account, from, to });
  }

  /** The message comes to a stream, of which is then told by the next two. */
  onStream(name: string): void {
    this.#stream = { type: "js", ts: this.#now(), stream: name };
    this.#events.push(this.#stream);
  }

  /** @param subject - What it is stored under. */
  onStored(subject: string, isUnwanted: boolean): void {
    if (this.#stream === undefined) return;
    this.#stream.ts = this.#now();
    this.#stream.subject = subject;
    if (isUnwanted) this.#stream.nointerest = true;
  }

  onNotStored(error: string): void {
    if (this.#stream !== undefined) this.#stream.error = error;
  }

  /** A client gets the message, or, with an `error`, does not. */
  onEgress(target: TraceTarget, subject: string, queue: string, error = ""): void {
    const account = target.accountName;
    this.#events.push({
      type: "eg",
      ts: this.#now(),
      kind: clientKind,
      cid: target.id,
      ...(target.name !== "" && { name: target.name }),
      ...(account !== this.#ingress.acc && { acc: account }),
      sub: this.exportedSubject || subject,
      ...(queue !== "" && { queue }),
      ...(error !== "" && { error }),
    });
  }

  /** Tells what was noted. */
  send(): void {
    const { headers, size, account, destination } = this.#publish;
    const event = {
      server: this.#server.eventHead(this.#clock.nowMs()),
      request: { header: headers, msgsize: size },
      events: this.#events,
    };
    const accepted = headers[acceptEncodingHeader]?.[0] ?? "";
    const { bytes, headersSize } = encodeTrace(JSON.stringify(event), accepted);
    const subject = Buffer.from(destination);
    const view = new MessageView();
    view.setSubject(subject, 0, subject.length);
    view.hasBlankReply = true;
    view.setPayload(bytes, 0, bytes.length, headersSize);
    account.publish(view);
  }

  #now(): string {
    return timestampOf(this.#clock.nowMs());
  }
}
