import type { AccountSharing } from "./account-sharing.ts";
import { type ClientInfo, orderedInfo } from "./client-info.ts";
import { eventHead, timestampOf } from "./event-head.ts";
import { samplingHeaders, type TraceHeaders } from "./latency-sampling.ts";
import { MessageView } from "./message.ts";
import type { MessageSource } from "./message-source.ts";
import type { ServiceExport } from "./service-export.ts";
import type { ResponseEnd, ServiceResponse } from "./service-response.ts";

const type = "io.nats.server.metric.v1.service_latency";
const nsPerMs = 1e6;

/** A request whose latency is measured. */
export interface LatencyMeasure {
  readonly requester: MessageSource | undefined;
  /** Whether who asks is told in full. */
  readonly isShared: boolean;
  /** The headers that asked for it. */
  readonly headers: TraceHeaders | undefined;
  /** When the request came in, by either clock. */
  readonly startMs: number;
  readonly startWallMs: number;
}

const failures: Readonly<
  Record<Exclude<ResponseEnd, "answered">, readonly [status: number, text: string]>
> = {
  "no-delivery": [503, "Service Unavailable"],
  timeout: [504, "Service Timeout"],
  "interest-lost": [408, "Request Timeout"],
};

/**
 * Measures how long the services of an account take, and tells it on the subjects their exports name. Times of the
 * server itself exclude those of the network, which are estimated by round trips.
 */
export class ServiceLatency {
  readonly #sharing: AccountSharing;

  constructor(sharing: AccountSharing) {
    this.#sharing = sharing;
  }

  /** Begins to measure a request, if it is one of those to be sampled. */
  begin(
    service: ServiceExport,
    message: MessageView,
    isShared: boolean,
  ): LatencyMeasure | undefined {
    const { latency } = service.options;
    if (latency === undefined) return undefined;
    const { clock, random } = this.#sharing.services;
    const percent = latency.samplingPercent === "headers" ? 0 : latency.samplingPercent;
    const isPicked = percent >= 100 || (percent > 0 && random.below(100) < percent);
    const headers = isPicked ? undefined : samplingHeaders(message);
    if (!isPicked && headers === undefined) return undefined;
    return {
      requester: message.source,
      isShared,
      headers,
      startMs: clock.monotonicMs(),
      startWallMs: clock.nowMs(),
    };
  }

  /** A request to be measured has no reply subject. */
  onBadRequest(service: ServiceExport, measure: LatencyMeasure): void {
    this.#sendFailure(service, measure, 400, "Bad Request");
  }

  /** An answer failed to come, or to get where it was wanted. */
  onFailure(
    response: ServiceResponse,
    measure: LatencyMeasure,
    reason: Exclude<ResponseEnd, "answered">,
  ): void {
    const [status, text] = failures[reason];
    this.#sendFailure(response.service, measure, status, text);
  }

  /** The first message of an answer is there, from `responder`; `undefined` is the server itself. */
  onAnswer(
    response: ServiceResponse,
    measure: LatencyMeasure,
    responder: MessageSource | undefined,
  ): void {
    const takenMs = this.#sharing.services.clock.monotonicMs() - measure.startMs;
    const requesterMs = measure.requester?.rttMs ?? 0;
    const responderMs = responder?.rttMs ?? 0;
    this.#send(response.service, {
      status: 200,
      ...this.#requester(measure),
      ...(responder !== undefined && { responder: orderedInfo(responder.clientInfo(true)) }),
      ...(measure.headers !== undefined && { header: measure.headers }),
      start: timestampOf(measure.startWallMs - requesterMs),
      service: nanoseconds(Math.max(0, takenMs - responderMs)),
      system: 0,
      total: nanoseconds(requesterMs + takenMs),
    });
  }

  #sendFailure(
    service: ServiceExport,
    measure: LatencyMeasure,
    status: number,
    description: string,
  ): void {
    this.#send(service, {
      status,
      description,
      ...this.#requester(measure),
      ...(measure.headers !== undefined && { header: measure.headers }),
      start: timestampOf(measure.startWallMs - (measure.requester?.rttMs ?? 0)),
      service: 0,
      system: 0,
      total: 0,
    });
  }

  #requester(measure: LatencyMeasure): { requestor: ClientInfo } | undefined {
    const info = measure.requester?.clientInfo(measure.isShared);
    return info === undefined ? undefined : { requestor: orderedInfo(info) };
  }

  #send(service: ServiceExport, fields: Readonly<Record<string, unknown>>): void {
    const { latency } = service.options;
    if (latency === undefined) return; // Measured no more since the request.
    const { account, services } = this.#sharing;
    const event = { ...eventHead(type, services.clock, services.random), ...fields };
    const subject = Buffer.from(latency.subject);
    const payload = Buffer.from(JSON.stringify(event));
    const view = new MessageView();
    view.setSubject(subject, 0, subject.length);
    view.hasBlankReply = true;
    view.setPayload(payload, 0, payload.length, 0);
    account.publish(view);
  }
}

function nanoseconds(ms: number): number {
  return Math.round(ms * nsPerMs);
}
