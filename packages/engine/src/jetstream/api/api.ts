import { RateLimit } from "../../doors/rate-limit.ts";
import { encodeAnswer } from "../../json/encode.ts";
import type { JsonValue } from "../../json/shape.ts";
import type { MessageView } from "../../routing/message.ts";
import { readRequestInfo } from "../../routing/request-info.ts";
import type { AuditedRequest } from "../advisories.ts";
import { type JsApiError, jsError } from "../config/errors.ts";
import type { RequestReading } from "../config/request-body.ts";
import type { JetStream } from "../jetstream.ts";
import { ApiSubscription } from "./api-subscription.ts";
import { mayDeliverAsAsked } from "./delivery-permission.ts";
import { offersLevel } from "./required-level.ts";
import { type ApiAnswer, type ApiRequest, type ApiRoute, refusal, tallyOf } from "./route.ts";
import { findRoute } from "./routes.ts";

/** Lines a second in the log about requests that can't be read as they are. */
const PROBLEM_LINES_MAX = 10;

/** Answers the requests of the JetStream API of an account. */
export class Api {
  readonly #jetstream: JetStream;
  readonly #subscription: ApiSubscription;
  readonly #problemLines: RateLimit;
  /** Requests that were answered: the one that asks is not among them yet. */
  total = 0;
  errors = 0;
  /** Requests that wait for their answer. */
  inFlight = 0;

  constructor(jetstream: JetStream) {
    this.#jetstream = jetstream;
    this.#problemLines = new RateLimit(jetstream.services.clock, PROBLEM_LINES_MAX);
    this.#subscription = new ApiSubscription((message) => this.#onRequest(message));
  }

  open(): void {
    this.#jetstream.services.account.subscribe(this.#subscription);
  }

  close(): void {
    this.#jetstream.services.account.unsubscribe(this.#subscription);
  }

  #onRequest(message: MessageView): void {
    const found = findRoute(message.subjectText());
    if (found === undefined) return;
    const { services, requestQueueMax } = this.#jetstream;
    if (this.inFlight >= requestQueueMax) {
      services.advisories.apiLimitReached(1);
      return;
    }
    const { route, args } = found;
    if (route.needsReply === true && !message.hasReply) return;
    const exchange: Exchange = { route, ...copyOf(message) };
    const reading = this.#readingOf(exchange);
    const error = this.#refuse(route, message, exchange.body, reading);
    if (error !== undefined) {
      this.#answer(exchange, { ...refusal(error), ...route.beside });
      return;
    }
    const request: ApiRequest = {
      jetstream: this.#jetstream,
      args,
      body: exchange.body,
      reading,
    };
    const stream = this.#jetstream.stream(args[0] ?? "");
    if (stream === undefined) this.#handle(exchange, request);
    else stream.waiting.behind(() => this.#handle(exchange, request));
  }

  #readingOf({ subject }: Exchange): RequestReading {
    const { isStrict, services } = this.#jetstream;
    const { account, logger } = services;
    return {
      isStrict,
      onProblem: (problem) => {
        if (!this.#problemLines.take()) return;
        const request = `${account.name} > ${subject}`;
        logger.warn({}, `Invalid JetStream request '${request}': ${problem}`);
      },
    };
  }

  /** Why a request is refused before it is handled. */
  #refuse(
    route: ApiRoute,
    message: MessageView,
    body: Buffer,
    reading: RequestReading,
  ): JsApiError | undefined {
    const offers = offersLevel(message, this.#jetstream.services.server.apiLevel);
    if (!offers) return route.checkFirst?.(body, reading) ?? jsError(10185);
    return mayDeliverAsAsked(route, message, body) ? undefined : jsError(10112);
  }

  /** Whatever goes wrong in a handler goes to who asked, never to whose bytes are being read. */
  #handle(exchange: Exchange, request: ApiRequest): void {
    try {
      const answer = exchange.route.handle(request);
      if (!(answer instanceof Promise)) {
        this.#answer(exchange, answer);
        return;
      }
      this.inFlight++;
      const settled = answer.then(
        (value) => {
          this.#answer(exchange, value);
          request.afterAnswer?.();
        },
        (error: Error) => this.#fail(exchange, error),
      );
      void settled.finally(() => {
        this.inFlight--;
      });
    } catch (error) {
      this.#fail(exchange, error as Error);
    }
  }

  #fail(exchange: Exchange, error: Error): void {
    const { logger } = this.#jetstream.services;
    const request = exchange.route.type;
    logger.error({ request, error: error.message }, "an API request failed");
    this.#answer(exchange, refusal(jsError(10029, { err: error.message })));
  }

  #answer(exchange: Exchange, answer: ApiAnswer | undefined): void {
    if (answer === undefined) return;
    const error = answer["error"] as JsApiError | undefined;
    const tally = tallyOf(exchange.route, error?.err_code);
    if (tally !== "nothing") this.total++;
    if (tally === "error") this.errors++;
    const type = `io.nats.jetstream.api.v1.${exchange.route.type}_response`;
    const { sender, advisories } = this.#jetstream.services;
    const response = encodeAnswer({ type, ...(answer as { [name: string]: JsonValue }) });
    if (exchange.route.isAnnounced === true) sender.announce(exchange.reply, response);
    else if (exchange.reply.length > 0) sender.send(exchange.reply, response);
    if (tally !== "nothing" && advisories.isAudited)
      advisories.apiAudit(exchange, response.toString());
  }
}

/** A request and what is needed to answer it, copied. */
interface Exchange extends AuditedRequest {
  readonly route: ApiRoute;
  readonly reply: Buffer;
  readonly body: Buffer;
}

function copyOf(message: MessageView): Omit<Exchange, "route"> {
  const start = message.payloadStart + message.headersSize;
  return {
    subject: message.subjectText(),
    reply: Buffer.from(message.replyText()),
    body: Buffer.from(message.payloadBuffer.subarray(start, message.payloadEnd)),
    client: readRequestInfo(message) ?? message.source?.clientInfo(true),
  };
}
