import {
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type MsgRequest,
} from "@nats-io/jetstream";
import { headers, type MsgHdrs, NoRespondersError, TimeoutError } from "@nats-io/nats-core";
import {
  contextIn,
  continuedTrace,
  isStampHeader,
  parentHeader,
  parentText,
  type Span,
  stampHeader,
  stampText,
  type Tracing,
  traceHeader,
} from "oxbow/internal";
import type { DeadLetter } from "./dead-letter.ts";
import { header, originalHeaders, setLine } from "./letter-headers.ts";
import type { FoundLetter } from "./letter-scan.ts";
import { isConflict, type LetterStore } from "./letter-store.ts";
import { present } from "./origin.ts";
import { intakeStream, resendRecordSubject } from "./places.ts";
import {
  type Kept,
  type ResendDocuments,
  type ResendRecord,
  recordSchema,
} from "./resend-documents.ts";
import type { ResendJob } from "./resend-request.ts";
import type { Destination, ResendTargets } from "./resend-target.ts";
import type { OnStep } from "./steps.ts";

const nsPerMs = 1_000_000;

/** What became of one dead letter of a resend. */
export type Resent =
  | { readonly outcome: "sent" }
  | { readonly outcome: "skipped" | "failed"; readonly problem: string }
  /** It was not begun, since the resend is to end. */
  | { readonly outcome: "left" };

/** What a resend works with. */
interface LetterResendParts {
  readonly js: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly store: LetterStore;
  readonly documents: ResendDocuments;
  readonly onStep: OnStep;
  /** Writes down what is resent, once it gives something that does. */
  readonly tracing: (() => Tracing | undefined) | undefined;
}

/**
 * Resends single dead letters. What is about to be done is written down first, with where the target stands, then done,
 * then written down as done. Who finds it written down and not done looks whether it was: by the message's id while the
 * server remembers ids, then in the target, as far as that forgets nothing. What can't be found out is not done again.
 */
export class LetterResend {
  readonly #parts: LetterResendParts;
  readonly #id: string;
  readonly #job: ResendJob;
  readonly #targets: ResendTargets;

  constructor(parts: LetterResendParts, id: string, job: ResendJob, targets: ResendTargets) {
    this.#parts = parts;
    this.#id = id;
    this.#job = job;
    this.#targets = targets;
  }

  /** @param isEnding - Only what was begun is finished. */
  async resend(found: FoundLetter, isEnding: boolean): Promise<Resent> {
    const { documents, onStep } = this.#parts;
    const { letter, stored } = found;
    const place = resendRecordSubject(stored.subject);
    for (;;) {
      const kept = await documents.read(place, recordSchema);
      const record = kept.document;
      const isOfLetter = record?.letter === letter.id;
      const isOwn = isOfLetter && record.job === this.#id;
      if (isOwn && record.state === "stored") return { outcome: "sent" };
      if (isOwn && record.state === "uncertain")
        return { outcome: "failed", problem: uncertainText };
      if (isOwn) {
        const again = await this.#again(found, kept as Kept<ResendRecord>);
        if (again !== undefined) return again;
        continue;
      }
      if (isOfLetter && record.state === "noted") {
        return { outcome: "skipped", problem: "another resend is at it" };
      }
      if (isEnding) return { outcome: "left" };
      const count = isOfLetter ? record.count : 0;
      const problem = this.#reasonToSkip(found, count);
      if (problem !== undefined) return { outcome: "skipped", problem };
      const to = await this.#targets.of(letter, this.#token(found));
      if ("problem" in to) return { outcome: "failed", problem: to.problem };
      const noted: ResendRecord = {
        version: 1,
        job: this.#id,
        letter: letter.id,
        state: "noted",
        count,
        stream: to.stream,
        subject: to.subject,
        from: to.info.state.last_seq + 1,
        sequence: null,
      };
      const sequence = await documents.write(place, noted, kept.sequence);
      if (sequence === undefined) continue;
      await onStep("resend.noted");
      const result = await this.#publish(found, noted, to, sequence, true);
      if (result !== undefined) return result;
    }
  }

  /** What would become of it, as far as that can be told. */
  async foresee(found: FoundLetter): Promise<Resent> {
    const place = resendRecordSubject(found.stored.subject);
    const { document: record } = await this.#parts.documents.read(place, recordSchema);
    const problem = this.#reasonToSkip(
      found,
      record?.letter === found.letter.id ? record.count : 0,
    );
    if (problem !== undefined) return { outcome: "skipped", problem };
    const to = await this.#targets.of(found.letter, this.#token(found));
    return "problem" in to ? { outcome: "failed", problem: to.problem } : { outcome: "sent" };
  }

  /** Of one that was begun before. @returns Nothing if others went on with it meanwhile. */
  async #again(
    found: FoundLetter,
    { document: record, sequence, timeMs }: Kept<ResendRecord>,
  ): Promise<Resent | undefined> {
    const { documents, manager } = this.#parts;
    const place = resendRecordSubject(found.stored.subject);
    const info = await present(() => manager.streams.info(record.stream));
    const to = await this.#targets.of(found.letter, this.#token(found));
    if (info === undefined || "problem" in to) {
      const problem = "problem" in to ? to.problem : `there is no stream ${record.stream} any more`;
      // What it was begun for is gone with what it may have stored there.
      await documents.write(place, { ...record, state: "uncertain" }, sequence);
      return { outcome: "failed", problem };
    }
    const { config, state, ts } = info;
    const agoMs = Date.parse(String(ts)) - timeMs;
    // Only half of it: the message is yet to reach the server.
    const isRemembered = agoMs < config.duplicate_window / nsPerMs / 2;
    if (!isRemembered) {
      const at = await this.#search(record, to, this.#token(found));
      if (at !== undefined) return this.#record(record, at, place, sequence);
      const isForgetful =
        config.retention !== "limits" ||
        state.first_seq > record.from ||
        (!to.isOwnSubject && config.max_msgs_per_subject > 0) ||
        (state.num_deleted ?? 0) > 0;
      if (isForgetful) {
        const written = await documents.write(place, { ...record, state: "uncertain" }, sequence);
        return written === undefined ? undefined : { outcome: "failed", problem: uncertainText };
      }
    }
    return this.#publish(found, record, to, sequence, false);
  }

  /** @param isFirst - Whether it was begun just now, and not published yet. */
  async #publish(
    found: FoundLetter,
    record: ResendRecord,
    to: Destination,
    sequence: number,
    isFirst: boolean,
  ): Promise<Resent | undefined> {
    const { js, store, documents, onStep } = this.#parts;
    const { letter, stored } = found;
    const place = resendRecordSubject(stored.subject);
    const token = this.#token(found);
    const { payload: edited } = this.#job.edit;
    const whole = edited === null ? await store.last(stored.subject) : undefined;
    if (edited === null && whole?.seq !== letter.id) {
      return { outcome: "skipped", problem: "it was taken out meanwhile" };
    }
    const payload =
      edited !== null ? Buffer.from(edited, "base64") : whole && (await store.payload(whole));
    const headers = this.#headers(found, record.count + letter.resends + 1, token);
    const span = this.#begin(letter, headers);
    try {
      const { seq, stream } = await js.publish(record.subject, payload, {
        headers,
        msgID: `resend.${token}`,
        ...(to.isOwnSubject && { expect: { lastSubjectSequence: 0 } }),
      });
      if (stream === intakeStream)
        throw new Refused("it is not let in, and would be a dead letter again");
      span?.end();
      await onStep("resend.published");
      return await this.#record(record, seq, place, sequence);
    } catch (error) {
      span?.end(error);
      if (isConflict(error)) {
        const at = await this.#search(record, to, token);
        if (at !== undefined) return this.#record(record, at, place, sequence);
      }
      const isRefused =
        error instanceof JetStreamApiError || error instanceof Refused || isUnheard(error);
      if (!isRefused) throw error;
      // Nothing is stored, as if it had not been begun; unless it was before, and can't be remembered at a limit.
      const undone: Partial<ResendRecord> = isFirst
        ? { state: "stored", job: "" }
        : { state: "uncertain" };
      await documents.write(place, { ...record, ...undone }, sequence);
      return { outcome: "failed", problem: (error as Error).message };
    }
  }

  async #record(
    record: ResendRecord,
    at: number,
    place: string,
    sequence: number,
  ): Promise<Resent | undefined> {
    const { documents, onStep } = this.#parts;
    const done: ResendRecord = {
      ...record,
      state: "stored",
      count: record.count + 1,
      sequence: at,
    };
    if ((await documents.write(place, done, sequence)) === undefined) return undefined;
    await onStep("resend.recorded");
    return { outcome: "sent" };
  }

  /** Where in the target the message is. */
  async #search(record: ResendRecord, to: Destination, token: string): Promise<number | undefined> {
    const { manager } = this.#parts;
    let from = record.from;
    for (;;) {
      const query = { seq: from, next_by_subj: record.subject } as MsgRequest;
      const message = await present(() => manager.streams.getMessage(record.stream, query));
      if (message === undefined || message === null) return undefined;
      if (to.isOwnSubject || message.header.get(header.resendId) === token) return message.seq;
      from = message.seq + 1;
    }
  }

  #reasonToSkip({ letter }: FoundLetter, count: number): string | undefined {
    const { resendsMax, edit } = this.#job;
    const times = letter.resends + count;
    if (resendsMax !== null && times >= resendsMax) return `it was resent ${times} times already`;
    if (letter.missing !== null && edit.payload === null)
      return `its message is not here: ${letter.missing}`;
    return undefined;
  }

  /** Those of the message, but for what would have the stream do something, and what says where it comes from. */
  #headers({ letter, stored }: FoundLetter, resends: number, token: string): MsgHdrs {
    const marks = headers();
    for (const [name, value] of originalHeaders(stored.header)) {
      if (!/^nats-/i.test(name) && !isStampHeader(name)) marks.append(name, value);
    }
    for (const [name, value] of Object.entries(this.#job.edit.headers)) {
      if (value === null) marks.delete(name);
      else marks.set(name, value);
    }
    setLine(marks, header.subject, letter.subject);
    setLine(marks, header.resends, resends);
    setLine(marks, header.resendId, token);
    stampResent(marks, letter);
    return marks;
  }

  /** A span of the trace that the message is in, which then says that it comes from there. */
  #begin({ station, group }: DeadLetter, marks: MsgHdrs): Span | undefined {
    const span = this.#parts.tracing?.()?.begin({
      name: `send ${station}`,
      kind: "producer",
      attributes: {
        "messaging.system": "oxbow",
        "messaging.operation.type": "send",
        "messaging.operation.name": "resend",
        "messaging.destination.name": station,
        "messaging.consumer.group.name": group ?? undefined,
        "oxbow.resend.id": this.#id,
      },
      parent: contextIn((name) => marks.get(name)),
    });
    for (const [name, value] of Object.entries(span?.context ?? {})) marks.set(name, value);
    return span;
  }

  #token({ letter }: FoundLetter): string {
    return `${this.#id}-${letter.id}`;
  }
}

/** It comes from the message that it was, and stays in its trace. */
function stampResent(
  marks: MsgHdrs,
  { station, stream, partition, sequence, time }: DeadLetter,
): void {
  setLine(marks, stampHeader, stampText({ door: "resend" }));
  if (stream === null || partition === null || sequence === null) return;
  setLine(marks, parentHeader, parentText({ station, partition, sequence }));
  const timeMs = Date.parse(time ?? "");
  if (Number.isNaN(timeMs)) return;
  marks.set(traceHeader, continuedTrace(marks.get(traceHeader), { stream, sequence, timeMs }));
}

const uncertainText =
  "it can't be found out whether it was resent before a crash: look for it in the target, and resend it again if it is not there";

class Refused extends Error {}

/** Nobody takes the subject. */
function isUnheard(error: unknown): boolean {
  if (error instanceof TimeoutError) return false;
  return (
    error instanceof NoRespondersError ||
    (error instanceof Error &&
      (error.cause instanceof NoRespondersError || /no responders/.test(error.message)))
  );
}
