import type { MessageView } from "../../routing/message.ts";
import type { MessageSource } from "../../routing/message-source.ts";
import type { SubjectTransform } from "../../subjects/subject-transform.ts";
import type { StreamSource } from "../config/stream-config.ts";
import { giveArrival, takeArrival } from "../ingest/arrival.ts";
import { isCounterUnread } from "../ingest/counter-check.ts";
import type { IngestContext } from "../ingest/ingest-context.ts";
import { type Outcome, takeSingle } from "../ingest/single-publish.ts";
import { copyOf } from "../ingest/waiting-line.ts";
import type { JetStreamServices } from "../services.ts";
import type { OriginStart, Requester } from "./consumer-request.ts";
import { Delivery } from "./delivery.ts";
import { transformsOf, underFirst } from "./mirror.ts";
import { OriginLink, type OriginTaker, type Taking } from "./origin-link.ts";
import type { SourceName } from "./source-name.ts";
import type { SourcePositions } from "./source-positions.ts";
import { dropRequests, noteSource } from "./sourced-headers.ts";

/** Why deliveries are paused. */
const READING = "counter";
/** The error of a stream that is full: nothing to be told of, for a source then waits. */
const FULL = 10077;

/** What a source needs of the stream that it feeds. */
export interface SourceParts {
  readonly services: JetStreamServices;
  readonly context: IngestContext;
  readonly positions: SourcePositions;
  readonly requester: Requester;
  readonly origin: StreamSource;
  readonly name: SourceName;
  readonly consumerName: string;
}

/**
 * Brings the messages of another stream into this one, each with a header that says where it is from. They are taken like
 * published ones, but for what the other stream has checked already.
 */
export class Source implements OriginTaker {
  readonly kind = "source";
  readonly origin: StreamSource;
  readonly consumerName: string;
  readonly requester: Requester;
  readonly link: OriginLink;
  readonly name: SourceName;
  readonly #context: IngestContext;
  readonly #logger: JetStreamServices["logger"];
  readonly #positions: SourcePositions;
  readonly #transforms: readonly SubjectTransform[];
  readonly #delivery: Delivery = new Delivery();
  /** Messages that wait until what their counter stands at was read, and whoever sent them. */
  #held: MessageView[] = [];
  #paused: MessageSource | undefined;

  constructor(parts: SourceParts) {
    this.#context = parts.context;
    this.#logger = parts.services.logger;
    this.#positions = parts.positions;
    this.origin = parts.origin;
    this.name = parts.name;
    this.requester = parts.requester;
    this.consumerName = parts.consumerName;
    this.#transforms = transformsOf(parts.origin, parts.services);
    this.link = new OriginLink(parts.services, this);
  }

  get position(): number {
    return this.#positions.get(this.name.id);
  }

  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  start(): OriginStart {
    this.#release();
    const { position } = this;
    const { opt_start_seq: sequence, opt_start_time: time } = this.origin;
    if (position > 0) return { sequence: position + 1 };
    if (sequence > 0) return { sequence };
    return time === null ? {} : { time };
  }

  onBegun(): void {}

  take(message: MessageView, delivery: Delivery): Taking {
    if (this.#held.length === 0) return this.#takeNow(message, delivery);
    this.#held.push(copyOf(message));
    return "taken";
  }

  /** Lets go of messages that wait. */
  close(): void {
    this.link.close();
    this.#release();
  }

  #takeNow(message: MessageView, { sequence }: Delivery): Taking {
    const context = this.#context;
    const stored = underFirst(this.#transforms, context, message);
    if (this.#awaitsCounter(stored, message)) return "taken";
    const arrival = takeArrival(stored);
    arrival.clearReply();
    dropRequests(arrival);
    if (arrival.hasRequests) arrival.dropRequestInfo();
    noteSource(arrival, this.name.header(sequence, message.subjectText()));
    arrival.hasRequests = arrival.headers.read(arrival);
    arrival.isSourced = true;
    const outcome = takeSingle(context, arrival);
    giveArrival(arrival);
    return this.#settle(outcome, sequence);
  }

  #settle(outcome: Outcome, sequence: number): Taking {
    if (outcome === "stored" || outcome === "duplicate") {
      this.#positions.set(this.name.id, sequence);
      return "taken";
    }
    if (typeof outcome === "object" && outcome.err_code !== FULL) {
      const what = {
        stream: this.#context.config.name,
        origin: this.origin.name,
        sequence,
        error: outcome.description,
      };
      this.#logger.warn(what, "a stream can't take a message of its source");
    }
    return "again";
  }

  /** Holds a message back if it counts and what its counter stands at must be read from the disk first. */
  #awaitsCounter(stored: MessageView, message: MessageView): boolean {
    const { counters, log } = this.#context;
    if (counters === undefined) return false;
    const { subjectBuffer, subjectStart, subjectEnd } = stored;
    const id = log.subjects.find(subjectBuffer, subjectStart, subjectEnd);
    if (!isCounterUnread(counters, id)) return false;
    const held = [copyOf(message), ...this.#held];
    this.#held = held;
    this.#paused ??= message.source;
    this.#paused?.pauseReading(READING);
    counters.load([id], () => {
      if (this.#held === held) this.#takeHeld();
    });
    return true;
  }

  #takeHeld(): void {
    const held = this.#held;
    this.#held = [];
    for (const [index, message] of held.entries()) {
      const isAgain =
        this.#delivery.read(message) && this.#takeNow(message, this.#delivery) === "again";
      if (isAgain) {
        this.#release();
        this.link.again();
        return;
      }
      if (this.#held.length > 0) {
        // It waits for another counter, and those behind it with it.
        this.#held.push(...held.slice(index + 1));
        return;
      }
    }
    this.#release();
  }

  #release(): void {
    this.#held = [];
    this.#paused?.resumeReading(READING);
    this.#paused = undefined;
  }
}
