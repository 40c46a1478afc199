import { errors, headers, type MsgHdrs, type NatsConnection } from "@nats-io/nats-core";
import { causeOf } from "@oxbow/base";
import { violationIn } from "../connection/forbidden.ts";
import type { TraceContext, Tracing } from "../tracing/tracing.ts";
import { explainDenial } from "./denials.ts";
import { apiError, errorInAnswer } from "./errors.ts";
import {
  type NamesOf,
  type OperationName,
  type Operations,
  operations,
  type RequestOf,
  type ResponseOf,
} from "./operations.ts";
import { platformError } from "./platform-errors.ts";
import { subjectOf } from "./subjects.ts";
import type { Page, PageRequest } from "./types/common.ts";

/** How requests are made. */
export interface ControlOptions {
  /** How long an answer may take; by default 35 s, a little longer than the platform takes at most. */
  readonly timeoutMs?: number;
  /** Who asks, for the text of a denial. */
  readonly user?: string | undefined;
  /** What requests are part of; by default of nothing. */
  readonly tracing?: Tracing | undefined;
}

/** Operations that answer a page of a list. */
export type ListName = {
  [Name in OperationName]: ResponseOf<Name> extends Page<unknown> ? Name : never;
}[OperationName];

/** What the list of an operation is made of. */
export type ItemOf<Name extends ListName> =
  Operations[Name]["response"] extends Page<infer Item> ? Item : never;

const defaultTimeoutMs = 35_000;
/** The largest pages there are. */
const pageLimit = 1_000;

/** Asks the platform of an account, by requests on `$OXBOW.API.>`. It keeps nothing. */
export class ControlClient {
  readonly #connection: NatsConnection;
  readonly #timeoutMs: number;
  readonly #user: string | undefined;
  readonly #tracing: Tracing | undefined;

  /** @param connection - Stays the caller's. */
  constructor(
    connection: NatsConnection,
    { timeoutMs = defaultTimeoutMs, user, tracing }: ControlOptions = {},
  ) {
    this.#tracing = tracing;
    this.#connection = connection;
    this.#user = user;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Asks for one operation.
   *
   * @throws OxbowError with the code that the platform answers, or `ACCESS_DENIED`, `API_UNAVAILABLE`, `API_TIMEOUT`,
   * `API_REQUEST_INVALID`, `API_ANSWER_INVALID`; and what the connection throws
   */
  async call<Name extends OperationName>(
    operation: Name,
    names: NamesOf<Name>,
    request: RequestOf<Name>,
  ): Promise<ResponseOf<Name>> {
    const subject = subjectOf(operation, names);
    const answer = await this.#ask(operation, subject, JSON.stringify(request));
    const error = errorInAnswer(answer);
    if (error !== undefined) throw error;
    return answer as ResponseOf<Name>;
  }

  /** All items of a list, page by page. @throws as {@link call} does */
  async *list<Name extends ListName>(
    operation: Name,
    filter: Omit<RequestOf<Name>, keyof PageRequest>,
    names: NamesOf<Name> = {} as NamesOf<Name>,
  ): AsyncGenerator<ItemOf<Name>, void, undefined> {
    let after: string | null = null;
    do {
      const request = { ...filter, limit: pageLimit, ...(after !== null && { after }) };
      const page = (await this.call(
        operation,
        names,
        request as unknown as RequestOf<Name>,
      )) as Page<ItemOf<Name>>;
      yield* page.items;
      after = page.next;
    } while (after !== null);
  }

  async #ask(operation: OperationName, subject: string, body: string): Promise<unknown> {
    const timeout = this.#timeoutMs;
    const active = this.#tracing?.active;
    const options = { timeout, ...(active !== undefined && { headers: headersOf(active) }) };
    try {
      const { data } = await this.#connection.request(subject, body, options);
      return objectIn(operation, new TextDecoder().decode(data));
    } catch (error) {
      if (causeOf(error, errors.NoRespondersError) !== undefined) {
        const text = `nobody answers ${operation} (${operations[operation].subject}): this server runs no platform, or an older one`;
        throw apiError("API_UNAVAILABLE", text, { cause: error });
      }
      if (causeOf(error, errors.TimeoutError) !== undefined) {
        const text = `${operation} was not answered within ${timeout} ms; it may still be carried out`;
        throw apiError("API_TIMEOUT", text, { cause: error });
      }
      const violation = violationIn(error);
      if (violation === undefined) throw error;
      const text = explainDenial("publish", violation.subject, this.#user);
      throw platformError("ACCESS_DENIED", text, { cause: error });
    }
  }
}

function headersOf(context: TraceContext): MsgHdrs {
  const told = headers();
  for (const [name, value] of Object.entries(context)) told.set(name, value);
  return told;
}

function objectIn(operation: OperationName, text: string): unknown {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === "object" && answer !== null) return answer;
  } catch {
    // As any other answer that is none.
  }
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  throw apiError("API_ANSWER_INVALID", `${operation} was answered with ${JSON.stringify(shown)}`);
}
