import { publishGated } from "../gates/gated-publish.ts";
import type { AccountSharing } from "./account-sharing.ts";
import type { ClientInfo } from "./client-info.ts";
import { MessageView } from "./message.ts";
import { fastBatchReply, RequestInfoWriter, readRequestInfo } from "./request-info.ts";
import type { RoutingServices } from "./routing-services.ts";
import type { ServiceExport } from "./service-export.ts";
import { hasPassed, type ServiceHop } from "./service-hop.ts";
import type { ServiceImport } from "./service-import.ts";
import type { ServiceResponse } from "./service-response.ts";
import { SubjectScratch } from "./subject-scratch.ts";
import type { MessageTrace } from "./trace/message-trace.ts";
import { setTraceDestination, traceDisabled } from "./trace/trace-headers.ts";

/** Imports that a message goes through at most, answers on their way back included. */
export const hopsMax = 64;

const ackPrefix = Buffer.from("$JS.ACK.");

/** A message on its way through a service import. One for each level of nesting, used again. */
class ForwardFrame implements ServiceHop {
  readonly view: MessageView = new MessageView();
  readonly subject: SubjectScratch = new SubjectScratch();
  readonly mapped: SubjectScratch = new SubjectScratch();
  readonly gated: SubjectScratch = new SubjectScratch();
  readonly info: RequestInfoWriter = new RequestInfoWriter();
  isShared = false;
  previous: ServiceHop | undefined = undefined;
  #service: ServiceExport | undefined = undefined;
  #published: MessageView | undefined = undefined;

  get service(): ServiceExport {
    return this.#service as ServiceExport;
  }

  get published(): MessageView {
    return this.#published as MessageView;
  }

  /** Begins with a copy of `message`, but for its subject. */
  open(message: MessageView, service: ServiceExport, isShared: boolean): void {
    this.#service = service;
    this.#published = message.via?.published ?? message;
    this.isShared = isShared;
    this.previous = message.via;
    this.view.borrow(message);
    this.view.via = this;
  }
}

/** Takes requests from the account that imports a service to the one that exports it, and answers back. */
export class ServiceForwarder {
  readonly #services: RoutingServices;
  readonly #frames: ForwardFrame[] = [];
  #depth = 0;

  constructor(services: RoutingServices) {
    this.#services = services;
  }

  /** Takes a request on. Returns whether anybody got it. */
  request(through: ServiceImport, message: MessageView): boolean {
    const service = through.service;
    if (service === undefined || hasPassed(message.via, service)) return false;
    const frame = this.#enter();
    if (frame === undefined) return false;
    try {
      return this.#request(frame, through, service, message);
    } finally {
      this.#depth--;
    }
  }

  /** Takes an answer back. Returns whether anybody got it. */
  answer(response: ServiceResponse, message: MessageView): boolean {
    if (hasPassed(message.via, response.service)) return false;
    const frame = this.#enter();
    if (frame === undefined) return false;
    try {
      return this.#answer(frame, response, message);
    } finally {
      this.#depth--;
    }
  }

  #request(
    frame: ForwardFrame,
    through: ServiceImport,
    service: ServiceExport,
    message: MessageView,
  ): boolean {
    const { importer, exporter } = through;
    frame.open(message, service, through.isShared);
    const measure = exporter.latency.begin(service, message, through.isShared);
    let response: ServiceResponse | undefined;
    if (message.hasReply) {
      if (!hasAckReply(message)) {
        response = this.#wayBack(frame, exporter, importer, message, measure !== undefined);
        response.measure = measure;
      }
    } else if (measure !== undefined) {
      exporter.latency.onBadRequest(service, measure);
    }
    const to = through.writeSubject(frame.subject, message) ? frame.subject : undefined;
    frame.info.write(frame.view, message, this.#infoFor(through, message));
    const isTraceFollowed = service.options.allowTrace ?? false;
    const { buffer, end } = to ?? { buffer: undefined, end: 0 };
    const isTaken = this.#publish(frame, exporter, message, buffer, end, isTraceFollowed);
    // A message that is only traced is answered by nobody.
    if (!isTaken || message.trace?.isOnly) response?.end("no-delivery");
    return isTaken;
  }

  #answer(frame: ForwardFrame, response: ServiceResponse, message: MessageView): boolean {
    const { requester, answerer, replyBytes, service } = response;
    frame.open(message, service, response.isShared);
    if (message.hasReply && !hasAckReply(message)) {
      this.#wayBack(frame, requester, answerer, message, false);
    }
    if (response.measure !== undefined && !response.isMeasured) {
      response.isMeasured = true;
      answerer.latency.onAnswer(response, response.measure, message.source);
    }
    const isTaken = this.#publish(frame, requester, message, replyBytes, replyBytes.length, false);
    if (!isTaken) response.end("no-delivery");
    else if (service.isSingleton || message.payloadStart === message.payloadEnd) {
      response.end("answered");
    } else if (!response.isEnded) {
      service.touch(response);
    }
    return isTaken;
  }

  /** Replaces the reply subject, which lies in `asker`, by one of `answerer` that leads back there. */
  #wayBack(
    frame: ForwardFrame,
    answerer: AccountSharing,
    asker: AccountSharing,
    message: MessageView,
    isTracked: boolean,
  ): ServiceResponse {
    const { replyBuffer, replyStart, replyEnd } = message;
    const response = answerer.responses.add(
      asker,
      replyBuffer,
      replyStart,
      replyEnd,
      frame.service,
      frame.isShared,
      isTracked,
    );
    frame.view.setReply(response.subjectBytes, 0, response.subjectBytes.length);
    return response;
  }

  /**
   * Publishes the message of `frame`, made of `message`, in `target`.
   *
   * @param buffer - The subject to publish on, up to `end`; `undefined` is the one of `message`.
   * @param isTraceFollowed - Whether a trace of it goes on there.
   */
  #publish(
    frame: ForwardFrame,
    target: AccountSharing,
    message: MessageView,
    buffer: Buffer | undefined,
    end: number,
    isTraceFollowed: boolean,
  ): boolean {
    const { view, mapped } = frame;
    view.judgedIn = undefined;
    const isRouted = message.isRouted;
    let to = buffer ?? (isRouted ? message.routeBuffer : message.subjectBuffer);
    let from = 0;
    let until = end;
    if (buffer === undefined) {
      from = isRouted ? message.routeStart : message.subjectStart;
      until = isRouted ? message.routeEnd : message.subjectEnd;
    }
    if (target.account.mapInto(mapped, to, from, until)) {
      to = mapped.buffer;
      from = 0;
      until = mapped.end;
    }
    if (message.trace !== undefined) {
      const subject = to.toString("utf8", from, until);
      const published = message.subjectText();
      if (!this.#trace(frame, target, message.trace, published, subject, isTraceFollowed)) {
        return false;
      }
    }
    if (!isRouted) {
      view.setSubject(to, from, until);
      const { gates } = target.account;
      if (gates === undefined) return target.account.publish(view) > 0;
      return publishGated(target.account, gates, view, frame.gated) > 0;
    }
    view.setSubject(message.subjectBuffer, message.subjectStart, message.subjectEnd);
    return target.account.publishTo(to, from, until, view) > 0;
  }

  /**
   * Notes that the message of `frame` goes to another account, and follows it there only if that is allowed.
   *
   * @returns Whether the message goes there at all.
   */
  #trace(
    { view }: ForwardFrame,
    target: AccountSharing,
    trace: MessageTrace,
    from: string,
    to: string,
    isFollowed: boolean,
  ): boolean {
    trace.onServiceImport(target.account.name, from, to);
    // The publisher's subject means nothing there. Other servers would trace the message further, by the ways of
    // answers; no other server gets it, so that such a way leads nowhere.
    if (isFollowed) {
      setTraceDestination(view, target.responses.deadSubject());
      return true;
    }
    view.trace = undefined;
    setTraceDestination(view, traceDisabled);
    return !trace.isOnly;
  }

  /** What the service is told about who asks. */
  #infoFor(through: ServiceImport, message: MessageView): ClientInfo {
    const { importer, exporter } = through;
    const { previous, isShared } = { previous: message.via, isShared: through.isShared };
    const isSystem = exporter.account === this.#services.systemAccount();
    const isTold = previous === undefined ? isShared : previous.isShared;
    const server = { server: this.#services.serverName };
    const known = previous === undefined ? undefined : readRequestInfo(message);
    if (known !== undefined) {
      const info = { ...known, svc: importer.account.name };
      return !isTold && (isShared || isSystem) ? { ...info, ...server } : info;
    }
    const reply = fastBatchReply(message);
    return {
      ...(message.source?.clientInfo(isTold) ?? { acc: importer.account.name }),
      ...((isTold || isSystem) && server),
      ...(reply !== undefined && { reply }),
    };
  }

  /** A frame for one level more, with `#depth` counted up; `undefined` if there are too many. */
  #enter(): ForwardFrame | undefined {
    if (this.#depth === hopsMax) {
      this.#services.logger.warn({ hopsMax }, "a message went through too many service imports");
      return undefined;
    }
    const depth = this.#depth++;
    let frame = this.#frames[depth];
    if (frame === undefined) {
      frame = new ForwardFrame();
      this.#frames.push(frame);
    }
    return frame;
  }
}

/** Replies that acknowledge messages are passed on as they are: consumers know them by their subjects. */
function hasAckReply(message: MessageView): boolean {
  const { replyBuffer, replyStart, replyEnd } = message;
  const end = replyStart + ackPrefix.length;
  return end <= replyEnd && ackPrefix.compare(replyBuffer, replyStart, end) === 0;
}
