import type { MessageView } from "../../routing/message.ts";
import { Subscription } from "../../routing/subscription.ts";
import { jsError } from "../config/errors.ts";
import { encodeAnswer } from "../config/json.ts";
import type { JsonValue } from "../config/json-shape.ts";
import type { JetStream } from "../jetstream.ts";
import { accountRequests } from "./account-requests.ts";
import { consumerControlRequests } from "./consumer-control.ts";
import { consumerRequests } from "./consumer-requests.ts";
import { messageRequests } from "./message-requests.ts";
import { offersLevel } from "./required-level.ts";
import { type ApiAnswer, type ApiRequest, type ApiRoute, refusal } from "./route.ts";
import { snapshotRequests } from "./snapshot-requests.ts";
import { streamRequests } from "./stream-requests.ts";

const PREFIX = "$JS.API.";
/** Families that have a subscription for each stream or consumer, so that a missing one means "no responders". */
const elsewhere = ["$JS.API.CONSUMER.MSG.NEXT.", "$JS.API.DIRECT.GET."].map((text) =>
  Buffer.from(text),
);

const routes: ReadonlyMap<string, ApiRoute> = new Map([
  ...accountRequests,
  ...streamRequests,
  ...messageRequests,
  ...consumerRequests,
  ...consumerControlRequests,
  ...snapshotRequests,
]);

/** Answers the requests of the JetStream API of an account. */
export class Api {
  readonly #jetstream: JetStream;
  readonly #subscription: ApiSubscription;
  total = 0;
  errors = 0;

  constructor(jetstream: JetStream) {
    this.#jetstream = jetstream;
    this.#subscription = new ApiSubscription((message) => this.#onRequest(message));
  }

  open(): void {
    this.#jetstream.services.account.subscribe(this.#subscription);
  }

  close(): void {
    this.#jetstream.services.account.unsubscribe(this.#subscription);
  }

  #onRequest(message: MessageView): void {
    const tokens = message.subjectText().slice(PREFIX.length).split(".");
    const found = findRoute(tokens);
    if (found === undefined || !message.hasReply) return;
    const { route, args } = found;
    const reply = Buffer.from(message.replyText());
    const start = message.payloadStart + message.headersSize;
    const body = Buffer.from(message.payloadBuffer.subarray(start, message.payloadEnd));
    this.total++;
    if (!offersLevel(message, this.#jetstream.services.server.apiLevel)) {
      this.#answer(reply, route, { ...refusal(jsError(10185)), ...route.beside });
      return;
    }
    this.#handle(reply, route, { jetstream: this.#jetstream, args, body });
  }

  /** Whatever goes wrong in a handler goes to who asked, never to whose bytes are being read. */
  #handle(reply: Buffer, route: ApiRoute, request: ApiRequest): void {
    try {
      const answer = route.handle(request);
      if (!(answer instanceof Promise)) {
        this.#answer(reply, route, answer);
        return;
      }
      answer.then(
        (settled) => this.#answer(reply, route, settled),
        (error: Error) => this.#fail(reply, route, error),
      );
    } catch (error) {
      this.#fail(reply, route, error as Error);
    }
  }

  #fail(reply: Buffer, route: ApiRoute, error: Error): void {
    const { logger } = this.#jetstream.services;
    logger.error({ request: route.type, error: error.message }, "an API request failed");
    this.#answer(reply, route, refusal(jsError(10029, { err: error.message })));
  }

  #answer(reply: Buffer, route: ApiRoute, answer: ApiAnswer | undefined): void {
    if (answer === undefined) return;
    if (answer["error"] !== undefined) this.errors++;
    const type = `io.nats.jetstream.api.v1.${route.type}_response`;
    const { sender } = this.#jetstream.services;
    sender.send(reply, encodeAnswer({ type, ...(answer as { [name: string]: JsonValue }) }));
  }
}

/** Takes everything below `$JS.API.` but what is answered by subscriptions of its own. */
class ApiSubscription extends Subscription {
  readonly #handle: (message: MessageView) => void;

  constructor(handle: (message: MessageView) => void) {
    super(`${PREFIX}>`, "");
    this.#handle = handle;
  }

  override deliver(message: MessageView): boolean {
    if (this.isClosed) return false;
    const { subjectBuffer, subjectStart, subjectEnd } = message;
    for (const prefix of elsewhere) {
      const end = subjectStart + prefix.length;
      if (end <= subjectEnd && prefix.compare(subjectBuffer, subjectStart, end) === 0) return false;
    }
    if (message.trace !== undefined) {
      // nats-server hands requests to its system account, and does not follow them there.
      const subject = message.subjectText();
      message.trace.onServiceImport("$SYS", subject, subject);
      if (message.trace.isOnly) return false;
    }
    this.#handle(message);
    return true;
  }
}

/** The longest name wins: `STREAM.MSG.GET` is not the request `STREAM.MSG` with an argument. */
function findRoute(tokens: readonly string[]): { route: ApiRoute; args: string[] } | undefined {
  for (let size = Math.min(3, tokens.length); size > 0; size--) {
    const route = routes.get(tokens.slice(0, size).join("."));
    const args = tokens.slice(size);
    if (route === undefined) continue;
    const [least, most] = route.args;
    return args.length >= least && args.length <= most ? { route, args } : undefined;
  }
  return undefined;
}
