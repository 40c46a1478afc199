import type { MessageView } from "../../routing/message.ts";
import { compileTransform, type SubjectTransform } from "../../subjects/subject-transform.ts";
import type { JsApiError } from "../config/errors.ts";
import type { StreamSource } from "../config/stream-config.ts";
import { type Arrival, giveArrival, takeArrival } from "../ingest/arrival.ts";
import type { IngestContext } from "../ingest/ingest-context.ts";
import { fullProblem, roomProblem } from "../ingest/limit-checks.ts";
import { rollupProblem } from "../ingest/rollup.ts";
import { messageSizeProblem, recordSizeProblem } from "../ingest/size-checks.ts";
import { stateProblem } from "../ingest/state-check.ts";
import { storeArrival } from "../ingest/store-arrival.ts";
import { ttlValueProblem } from "../ingest/ttl-check.ts";
import type { JetStreamServices } from "../services.ts";
import { underStoredSubject } from "../stream/input-transform.ts";
import { nameHash, type OriginStart, type Requester, requesterId } from "./consumer-request.ts";
import type { Delivery } from "./delivery.ts";
import { OriginLink, type OriginTaker, type Taking } from "./origin-link.ts";
import { dropRequests } from "./sourced-headers.ts";

/** With fewer messages to come, a mirror has caught up so far that it may answer for its origin. */
const CAUGHT_UP_PENDING = 10;

/**
 * Makes a stream the copy of another one: every message has the sequence and the time that it has there, and what is not
 * there is not here either. How far it has come is its last sequence.
 */
export class Mirror implements OriginTaker {
  readonly kind = "mirror";
  readonly isHolding = false;
  readonly origin: StreamSource;
  readonly consumerName: string;
  readonly requester: Requester;
  readonly link: OriginLink;
  readonly #context: IngestContext;
  readonly #logger: JetStreamServices["logger"];
  readonly #transforms: readonly SubjectTransform[];
  readonly #onCaughtUp: () => void;

  /** @param onCaughtUp - Called, maybe often, when few messages or none are missing. */
  constructor(
    services: JetStreamServices,
    context: IngestContext,
    requester: Requester,
    origin: StreamSource,
    onCaughtUp: () => void,
  ) {
    this.#context = context;
    this.#logger = services.logger;
    this.#onCaughtUp = onCaughtUp;
    this.origin = origin;
    this.requester = requester;
    this.consumerName = `JS_MIRROR_${nameHash(requesterId(requester))}`;
    this.#transforms = transformsOf(origin, services);
    this.link = new OriginLink(services, this);
  }

  get position(): number {
    return this.#context.log.lastSequence;
  }

  start(): OriginStart {
    const { lastSequence } = this.#context.log;
    const { opt_start_seq: sequence, opt_start_time: time } = this.origin;
    if (lastSequence > 0) return { sequence: lastSequence + 1 };
    if (sequence > 0) return { sequence };
    return time === null ? {} : { time };
  }

  onBegun(sequence: number, pending: number): void {
    const { log } = this.#context;
    if (sequence > log.lastSequence) log.skip(log.lastTimestampMs, sequence - log.lastSequence);
    if (pending < CAUGHT_UP_PENDING) this.#onCaughtUp();
  }

  take(message: MessageView, delivery: Delivery): Taking {
    const context = this.#context;
    const { log } = context;
    if (delivery.sequence <= log.lastSequence) return "taken";
    const arrival = takeArrival(underFirst(this.#transforms, context, message));
    const problem = this.#store(arrival, delivery);
    giveArrival(arrival);
    if (problem !== undefined) {
      const what = { stream: context.config.name, error: problem.description };
      this.#logger.warn(what, "a mirror can't take a message of its origin");
      return "again";
    }
    if (context.config.storage === "file" && context.store.isPressed) context.onPressure(message);
    if (delivery.pending < CAUGHT_UP_PENDING) this.#onCaughtUp();
    return "taken";
  }

  #store(arrival: Arrival, { sequence, timeMs }: Delivery): JsApiError | undefined {
    const context = this.#context;
    const { log } = context;
    dropRequests(arrival);
    if (arrival.hasRequests) arrival.hasRequests = arrival.headers.read(arrival);
    if (arrival.hasRequests) arrival.dropRequestInfo();
    arrival.isSourced = true;
    arrival.nowMs = timeMs;
    const problem = problemOf(context, arrival);
    if (problem !== undefined) return problem;
    const absent = sequence - 1 - log.lastSequence;
    if (absent > 0) log.skip(timeMs, absent);
    storeArrival(context, arrival);
    return undefined;
  }
}

/** What the origin has checked is not checked again; what the mirror itself is asked for is. */
function problemOf(context: IngestContext, arrival: Arrival): JsApiError | undefined {
  return (
    stateProblem(context) ??
    messageSizeProblem(context, arrival) ??
    recordSizeProblem(arrival) ??
    (arrival.hasRequests ? rollupProblem(context, arrival) : undefined) ??
    roomProblem(context, arrival) ??
    ttlValueProblem(context, arrival) ??
    fullProblem(context, arrival)
  );
}

/** The transforms of an origin, without those that change nothing. */
export function transformsOf(
  { subject_transforms: transforms }: StreamSource,
  { random }: JetStreamServices,
): readonly SubjectTransform[] {
  return transforms
    .filter(({ dest }) => dest !== "")
    .map(({ src, dest }) => compileTransform(src === "" ? ">" : src, dest, random));
}

/** The message under the subject that it is stored under: the first transform counts, and then the stream's own. */
export function underFirst(
  transforms: readonly SubjectTransform[],
  { inputTransform }: IngestContext,
  message: MessageView,
): MessageView {
  const { subjectBuffer, subjectStart, subjectEnd } = message;
  const transform = transforms.find((each) =>
    each.matches(subjectBuffer, subjectStart, subjectEnd),
  );
  const renamed = transform === undefined ? message : underStoredSubject(transform, message);
  return inputTransform === undefined ? renamed : underStoredSubject(inputTransform, renamed);
}
