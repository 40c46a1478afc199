import type { Msg } from "@nats-io/nats-core";
import type { Logger, OxbowError } from "@oxbow/base";
import {
  apiError,
  type FieldProblem,
  failureOf,
  type NameKind,
  namesInSubject,
  type OperationName,
  operations,
  type RequestOf,
  type ResponseOf,
} from "oxbow/control";
import { contextIn, problemsIn, type Span, type Tracing } from "oxbow/internal";
import { requesterOf } from "../audit/requester.ts";
import { EndpointStats } from "./endpoint-stats.ts";
import { explainFailure } from "./failures.ts";
import type { Call } from "./handler.ts";
import { serviceLimits } from "./limits.ts";
import { requestShapes } from "./request-shapes.ts";
import type { Rooms } from "./rooms.ts";
import { stateOf } from "./state-of.ts";
import type { Turnstile } from "./turnstile.ts";

/** What all endpoints share. */
export interface EndpointServices {
  readonly rooms: Rooms;
  readonly turnstile: Turnstile;
  readonly logger: Logger | undefined;
  readonly timeoutMs: number;
  /** Whether the server says who asks, and takes out what clients say themselves. */
  readonly isAskerKnown: boolean;
  /** Writes down what is done, once it gives something that does. */
  readonly tracing: (() => Tracing | undefined) | undefined;
  /** Awaited before what has changed something is answered. */
  readonly onChanged: ((change: PlatformChange) => Promise<void>) | undefined;
}

/** An operation that has changed something. */
export interface PlatformChange {
  readonly operation: OperationName;
  readonly names: Readonly<Partial<Record<NameKind, string>>>;
}

/** Answers the requests for one operation. Whatever comes, it answers, and throws nothing. */
export class Endpoint<Name extends OperationName> {
  readonly operation: Name;
  readonly stats: EndpointStats = new EndpointStats();
  readonly #services: EndpointServices;
  readonly #handle: (call: Call<Name>) => Promise<ResponseOf<Name>>;

  constructor(
    operation: Name,
    services: EndpointServices,
    handle: (call: Call<Name>) => Promise<ResponseOf<Name>>,
  ) {
    this.operation = operation;
    this.#services = services;
    this.#handle = handle;
  }

  /** Takes a request. One that nobody waits for the answer of is not carried out. */
  take(message: Msg): void {
    if (message.reply === undefined || message.reply === "") return;
    const takenMs = performance.now();
    const running = this.#services.turnstile.run(() => this.#carryOut(message, takenMs));
    if (running === undefined) this.#fail(message, takenMs, busy());
  }

  /** Resolves when there is nothing left to do, which can be after the answer. */
  async #carryOut(message: Msg, takenMs: number): Promise<void> {
    const { timeoutMs } = this.#services;
    let handling: Promise<ResponseOf<Name>> | undefined;
    let span: Span | undefined;
    try {
      // Who asked has stopped waiting by now, and may have asked again.
      if (performance.now() - takenMs > timeoutMs) throw busy();
      const who = this.#services.isAskerKnown ? requesterOf(message) : null;
      const call: Call<Name> = {
        who,
        request: this.#read(message),
        names: namesInSubject(this.operation, message.subject),
        rooms: this.#services.rooms,
        answerBytesMax: this.#answerBytesMax,
      };
      span = this.#begin(message, call);
      handling = span === undefined ? this.#do(call) : span.within(() => this.#do(call));
      send(message, this.#encode(await this.#inTime(handling)));
      this.stats.count(performance.now() - takenMs, undefined);
      span?.end();
    } catch (error) {
      span?.end(error);
      this.#fail(message, takenMs, error);
    }
    await handling?.catch(() => undefined);
  }

  /** A span of the trace that is named by who asks. */
  #begin({ headers }: Msg, { names }: Call<Name>): Span | undefined {
    const station = (names as { readonly station?: string }).station;
    return this.#services.tracing?.()?.begin({
      name: this.operation,
      kind: "server",
      attributes: {
        "rpc.system": "nats",
        "rpc.service": "oxbow",
        "rpc.method": this.operation,
        "messaging.destination.name": station,
      },
      parent: contextIn((name) => headers?.get(name)),
    });
  }

  async #do(call: Call<Name>): Promise<ResponseOf<Name>> {
    const { operation } = this;
    const { onChanged, logger } = this.#services;
    if (!operations[operation].isChange || onlyCounts(operation, call.request)) {
      return this.#handle(call);
    }
    const response = await this.#recorded(call);
    if (onChanged !== undefined) {
      await onChanged({ operation, names: call.names }).catch((error: Error) =>
        logger?.error({ operation, error: error.message }, "a change was not taken up"),
      );
    }
    return response;
  }

  /** Nothing is changed of which there is no record. */
  async #recorded(call: Call<Name>): Promise<ResponseOf<Name>> {
    const { operation } = this;
    const { names, request, rooms, who } = call;
    const state = (): Promise<unknown> => stateOf({ rooms, who }, operation, names, request);
    const change = { operation, names, who, request, before: await state() };
    return (await rooms.audit()).around(change, () => this.#handle(call), state);
  }

  #fail(message: Msg, takenMs: number, thrown: unknown): void {
    const error = explainFailure(thrown);
    const { rooms, logger } = this.#services;
    if (error.kind === "internal") {
      const { stack = error.message } = (error.cause ?? error) as Error;
      logger?.error({ operation: this.operation, error: stack }, "the platform failed");
    }
    // What is open may be of a server, or of a bucket, that is gone.
    if (error.kind === "unavailable" || error.code === "SCHEMA_UNAVAILABLE") rooms.forget();
    const { details } = error as { readonly details?: readonly FieldProblem[] };
    send(message, JSON.stringify(failureOf(error, details)));
    this.stats.count(performance.now() - takenMs, error);
  }

  /** @throws OxbowError `API_REQUEST_TOO_LARGE`, `API_REQUEST_INVALID` */
  #read(message: Msg): RequestOf<Name> {
    const { requestBytesMax } = serviceLimits;
    if (message.data.length > requestBytesMax) {
      const text = `a request can have ${requestBytesMax} bytes, and this one has ${message.data.length}`;
      throw apiError("API_REQUEST_TOO_LARGE", text);
    }
    const result = requestShapes[this.operation].safeParse(parsed(message));
    if (result.success) return result.data as RequestOf<Name>;
    const error = apiError("API_REQUEST_INVALID", problemsIn(result.error));
    const details = result.error.issues.map(({ path, message: text }) => ({
      path: path.join("."),
      message: text,
    }));
    throw Object.assign(error, { details });
  }

  /** The answer, or an error if it takes too long. */
  async #inTime(handling: Promise<ResponseOf<Name>>): Promise<ResponseOf<Name>> {
    const { timeoutMs } = this.#services;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const text = `${this.operation} takes longer than ${timeoutMs} ms; it goes on: look at the outcome, or ask again`;
      late.reject(apiError("API_TIMEOUT", text));
    }, timeoutMs);
    try {
      return await Promise.race([handling, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #encode(response: ResponseOf<Name>): string {
    const text = JSON.stringify(response);
    const bytes = Buffer.byteLength(text);
    if (bytes <= this.#answerBytesMax) return text;
    const message = `the answer has ${bytes} bytes, and a message can have ${this.#answerBytesMax}: raise the server's max_payload`;
    throw apiError("API_ANSWER_TOO_LARGE", message);
  }

  get #answerBytesMax(): number {
    return this.#services.rooms.connection.info?.max_payload ?? serviceLimits.requestBytesMax;
  }
}

/** Operations that can be asked to count only. What they count is no change, and there is no record of it. */
const counting: ReadonlySet<OperationName> = new Set([
  "station.purge",
  "group.rewind",
  "deadLetter.drop",
]);

function onlyCounts(operation: OperationName, request: object): boolean {
  return counting.has(operation) && "isDryRun" in request && request.isDryRun === true;
}

/** Nothing is the same as an empty object. */
function parsed(message: Msg): unknown {
  if (message.data.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(message.string(), refuseProto);
  } catch (error) {
    const text = `the request is no JSON that is taken: ${(error as Error).message}`;
    throw apiError("API_REQUEST_INVALID", text, { cause: error });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw apiError("API_REQUEST_INVALID", "the request is no JSON object");
}

/** Nothing has such a setting, and the check of an object would not see it. */
function refuseProto(key: string, value: unknown): unknown {
  if (key === "__proto__") throw new Error("there is no setting __proto__");
  return value;
}

function busy(): OxbowError {
  return apiError("API_BUSY", "the platform has too many requests: try again");
}

/** If the connection is gone, so is who asked. */
function send(message: Msg, answer: string): void {
  try {
    message.respond(answer);
  } catch {
    // It asks again.
  }
}
