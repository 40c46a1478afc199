import { setTimeout as delay } from "node:timers/promises";
import type { ControlClient } from "../control/control-client.ts";
import type {
  DeadLetterPage,
  EditRequest,
  Resend,
  ResendCounts,
  StationDeadLetters,
} from "../control/types/dead-letter.ts";
import { clientError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import type { Decoded, ValueType } from "../values/value-type.ts";
import { TypedDeadLetter } from "./typed-dead-letter.ts";

/** Dead letters whose messages are fetched at a time. */
const pageSize = 64;
/** How often it is asked how far a resend is, in milliseconds. */
const lookMs = 100;

/** How dead letters are resent. All can be left out. */
export interface ResendOptions<Input> {
  /** To their group alone (the default), to their station with all of its groups, or to another one. */
  readonly to?: "group" | "station" | { readonly station: string; readonly key?: string };
  /** Another value, of the type that the station has; and headers that are set, or taken out with `null`. */
  readonly edit?: {
    readonly value?: Input;
    readonly headers?: Readonly<Record<string, string | null>>;
  };
  /** How long it waits before it begins. */
  readonly delayMs?: number;
  /** Leaves those out that were resent so often. */
  readonly resendsMax?: number;
  /** Keeps the dead letters. By default each is taken out as soon as its message is stored again. */
  readonly keep?: boolean;
  /** 8 to 64 letters and digits: what was asked for under it before is not asked for again. */
  readonly id?: string;
}

/**
 * The dead letters of a station, or those of them that a filter leaves: an async iterator over what there is, oldest first, and
 * what can be done with them all. Nothing is asked before that is used.
 *
 * All of it throws `API_UNAVAILABLE` where no platform answers, and what the platform answers.
 */
export class TypedDeadLetters<Input, Output> implements AsyncIterable<TypedDeadLetter<Output>> {
  readonly #control: ControlClient;
  readonly #type: ValueType;
  readonly #station: string;
  readonly #filter: StationDeadLetters;

  /** Made by `station.deadLetters()`. */
  constructor(
    control: ControlClient,
    type: ValueType,
    station: string,
    filter: StationDeadLetters,
  ) {
    this.#control = control;
    this.#type = type;
    this.#station = station;
    this.#filter = filter;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TypedDeadLetter<Output>, void, undefined> {
    let after: number | null = 0;
    while (after !== null) {
      const request = { ...this.#filter, after, limit: pageSize };
      const names = { station: this.#station };
      const page: DeadLetterPage = await this.#control.call("deadLetter.list", names, request);
      const found = await inParallel(page.letters, ({ id }) => this.get(id));
      for (const letter of found) if (letter !== undefined) yield letter;
      after = page.next;
    }
  }

  /** One of the station's; `undefined` if it is not there, or not any more. */
  async get(id: number): Promise<TypedDeadLetter<Output> | undefined> {
    try {
      const names = { station: this.#station };
      const { letter } = await this.#control.call("deadLetter.get", names, { id });
      const data = Buffer.from(letter.payload, "base64");
      const problem = this.#missing(letter);
      const decoded = problem ?? (await this.#type.decode(data));
      return new TypedDeadLetter<Output>(letter, data, decoded);
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === "DEAD_LETTER_NOT_FOUND") return undefined;
      throw error;
    }
  }

  /** How many there are now. */
  async count(): Promise<number> {
    const names = { station: this.#station };
    return (await this.#control.call("deadLetter.count", names, this.#filter)).count;
  }

  /** Takes them out for ever. @returns How many. */
  async drop(): Promise<number> {
    const request = { filter: this.#filter };
    const names = { station: this.#station };
    return (await this.#control.call("deadLetter.drop", names, request)).dropped;
  }

  /** What a resend would come to. */
  async foreseeResend(options: ResendOptions<Input> = {}): Promise<ResendCounts> {
    const { to, ...request } = await this.#requestOf(options);
    const own = to === "group" || to === "station" ? { ...request, to } : request;
    return this.#control.call("deadLetter.foreseeResend", { station: this.#station }, own);
  }

  /** Has their messages stored again, of those that there are now. It is under way when this resolves. */
  async resend(options: ResendOptions<Input> = {}): Promise<Resend> {
    const { to = "group", ...request } = await this.#requestOf(options);
    const names = { station: this.#station };
    return typeof to === "string"
      ? this.#control.call("deadLetter.resend", names, { ...request, to })
      : this.#control.call("deadLetter.resendElsewhere", names, { ...request, to });
  }

  /** How far a resend is, each time that has changed, until it has ended. */
  async *watchResend({ id }: Pick<Resend, "id">): AsyncGenerator<Resend, void, undefined> {
    const names = { station: this.#station };
    let told = "";
    for (;;) {
      const resend = await this.#control.call("deadLetter.getResend", names, { id });
      const text = JSON.stringify(resend);
      if (text !== told) yield resend;
      told = text;
      if (resend.state === "done" || resend.state === "cancelled") return;
      await delay(lookMs);
    }
  }

  /** Resolves once a resend has ended. */
  async resent(resend: Pick<Resend, "id">): Promise<Resend> {
    let last: Resend | undefined;
    for await (const state of this.watchResend(resend)) last = state;
    return last as Resend;
  }

  async #requestOf({ edit, ...options }: ResendOptions<Input>): Promise<{
    readonly filter: StationDeadLetters;
    readonly edit?: EditRequest;
    readonly to?: ResendOptions<Input>["to"];
  }> {
    if (edit === undefined) return { ...options, filter: this.#filter };
    const { value, headers } = edit;
    const hasValue = Object.hasOwn(edit, "value");
    const bytes = hasValue ? await this.#type.encode(value) : undefined;
    const payload = bytes && Buffer.from(bytes).toString("base64");
    const changes: EditRequest = {
      ...(payload !== undefined && { payload, encoding: "base64" }),
      ...(headers !== undefined && { headers }),
    };
    return { ...options, filter: this.#filter, edit: changes };
  }

  #missing({
    missing,
    isPayloadCut,
    size,
  }: {
    readonly missing: string | null;
    readonly isPayloadCut: boolean;
    readonly size: number;
  }): Decoded | undefined {
    const why =
      missing ?? (isPayloadCut ? `its ${size} bytes are more than an answer has room for` : null);
    if (why === null) return undefined;
    const text = `the message of the dead letter is not here: ${why}`;
    return { value: undefined, problem: clientError("MESSAGE_INVALID", text) };
  }
}
