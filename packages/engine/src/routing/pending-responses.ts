import type { AccountSharing } from "./account-sharing.ts";
import type { MessageView } from "./message.ts";
import { ResponseSubjects, responseNumber } from "./response-subjects.ts";
import type { ServiceExport } from "./service-export.ts";
import { ServiceResponse } from "./service-response.ts";
import { Subscription } from "./subscription.ts";

/** Answers that the services of an account may owe at a time; above, the oldest is waited for no more. */
export const pendingResponsesMax = 262_144;

/** The answers that are owed to other accounts, in the account where they are given. */
export class PendingResponses {
  readonly #sharing: AccountSharing;
  readonly #byNumber: Map<number, ServiceResponse> = new Map();
  #subjects: ResponseSubjects | undefined = undefined;

  constructor(sharing: AccountSharing) {
    this.#sharing = sharing;
  }

  get count(): number {
    return this.#byNumber.size;
  }

  /**
   * Makes a way back for the answers to a request.
   *
   * @param requester - The account in which the reply subject, `[start, end)` of `buffer`, lies; it is copied.
   * @param isTracked - Whether the time until the answer is measured.
   */
  add(
    requester: AccountSharing,
    buffer: Buffer,
    start: number,
    end: number,
    service: ServiceExport,
    isShared: boolean,
    isTracked: boolean,
  ): ServiceResponse {
    const subjects = this.#openSubjects();
    if (this.#byNumber.size >= pendingResponsesMax) this.#oldest()?.end("timeout");
    let number = subjects.drawNumber();
    while (this.#byNumber.has(number)) number = subjects.drawNumber();
    const response = new ServiceResponse(
      subjects.encode(number, isTracked),
      number,
      this.#sharing,
      requester,
      Buffer.from(buffer.subarray(start, end)),
      service,
      isShared,
    );
    this.#byNumber.set(number, response);
    requester.replies.add(response);
    service.watch(response);
    return response;
  }

  /** A subject like those of responses that leads nowhere. */
  deadSubject(): string {
    const subjects = this.#openSubjects();
    return subjects.encode(subjects.drawNumber(), false).toString("latin1");
  }

  /** Called by the response itself when it ends. */
  remove(response: ServiceResponse): void {
    this.#byNumber.delete(response.number);
  }

  /** The response with the subject in `[start, end)`. */
  find(buffer: Uint8Array, start: number, end: number): ServiceResponse | undefined {
    if (this.#byNumber.size === 0) return undefined;
    const response = this.#byNumber.get(responseNumber(buffer, start, end));
    if (response === undefined) return undefined;
    const { subjectBytes } = response;
    if (subjectBytes.length !== end - start) return undefined;
    return subjectBytes.compare(buffer, start, end) === 0 ? response : undefined;
  }

  #oldest(): ServiceResponse | undefined {
    for (const response of this.#byNumber.values()) return response;
    return undefined;
  }

  #openSubjects(): ResponseSubjects {
    if (this.#subjects === undefined) {
      const { random, serverHash } = this.#sharing.services;
      this.#subjects = new ResponseSubjects(random, serverHash);
      this.#sharing.account.subscribe(
        new AnswerSubscription(this.#subjects.pattern, this.#sharing),
      );
    }
    return this.#subjects;
  }
}

/** Takes the answers of an account's services. */
class AnswerSubscription extends Subscription {
  readonly #sharing: AccountSharing;

  constructor(pattern: string, sharing: AccountSharing) {
    super(pattern, "");
    this.#sharing = sharing;
  }

  override deliver(message: MessageView): boolean {
    const isRouted = message.isRouted;
    const buffer = isRouted ? message.routeBuffer : message.subjectBuffer;
    const start = isRouted ? message.routeStart : message.subjectStart;
    const end = isRouted ? message.routeEnd : message.subjectEnd;
    const response = this.#sharing.responses.find(buffer, start, end);
    return response !== undefined && this.#sharing.services.forwarder.answer(response, message);
  }
}
