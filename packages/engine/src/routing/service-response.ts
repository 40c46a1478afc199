import type { AccountSharing } from "./account-sharing.ts";
import type { ServiceExport } from "./service-export.ts";
import type { LatencyMeasure } from "./service-latency.ts";

/**
 * Why an answer is waited for no more: it is there; nobody took it, or the request; it took too long; who asked does
 * not listen any more.
 */
export type ResponseEnd = "answered" | "no-delivery" | "timeout" | "interest-lost";

/** The way back of the answers to one request: from a subject `_R_…` in one account to the reply subject in another. */
export class ServiceResponse {
  /** The subject to answer to. */
  readonly subjectBytes: Buffer;
  /** What distinguishes it from the others of its account. */
  readonly number: number;
  /** The account in which it is answered. */
  readonly answerer: AccountSharing;
  /** The account in which it was asked, and the reply subject there. */
  readonly requester: AccountSharing;
  readonly replyBytes: Buffer;
  readonly service: ServiceExport;
  readonly isShared: boolean;
  /** Set if the time until the answer is measured. */
  measure: LatencyMeasure | undefined = undefined;
  isMeasured = false;
  isEnded = false;
  /** When it was asked, or an answer came last. */
  lastActiveMs = 0;
  /** Its neighbours among those of the service. */
  previous: ServiceResponse | undefined = undefined;
  next: ServiceResponse | undefined = undefined;

  /** @param replyBytes - Kept, not copied. */
  constructor(
    subjectBytes: Buffer,
    number: number,
    answerer: AccountSharing,
    requester: AccountSharing,
    replyBytes: Buffer,
    service: ServiceExport,
    isShared: boolean,
  ) {
    this.subjectBytes = subjectBytes;
    this.number = number;
    this.answerer = answerer;
    this.requester = requester;
    this.replyBytes = replyBytes;
    this.service = service;
    this.isShared = isShared;
  }

  /** Takes no answer any more. No effect the second time. */
  end(reason: ResponseEnd): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.service.forget(this);
    this.answerer.responses.remove(this);
    this.requester.replies.remove(this);
    // Those that would come here by way of this one have nowhere to go.
    this.answerer.replies.endAll(this.subjectBytes, reason);
    if (this.measure !== undefined && !this.isMeasured && reason !== "answered") {
      this.answerer.latency.onFailure(this, this.measure, reason);
    }
  }
}
