import {
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type StoredMsg,
} from "@nats-io/jetstream";
import { headers, type MsgHdrs, type NatsConnection } from "@nats-io/nats-core";
import { header } from "./letter-headers.ts";
import { present } from "./origin.ts";
import { letterStream, restSubject } from "./places.ts";

/** JetStream's codes for a subject whose last sequence is not the one that was expected. */
const wrongLastSequence: readonly number[] = [10071, 10164];
/** Room for what the client adds to a message's headers. */
const addedSize = 512;
/** How long what a dead letter is replaced with stays, when it is dropped: longer than anybody may still store it. */
const markerSeconds = 60 * 60;

/** A dead letter that is to be kept. */
export interface LetterDraft {
  readonly subject: string;
  readonly headers: MsgHdrs;
  readonly payload: Uint8Array;
  /** Where in the intake it comes from. */
  readonly intakeSequence: number;
  readonly isMissing: boolean;
  /** 0 for as long as the stream keeps it. */
  readonly maxAgeMs: number;
}

/** Whether a publish was refused since something else was stored on the subject. */
export function isConflict(error: unknown): boolean {
  return error instanceof JetStreamApiError && wrongLastSequence.includes(error.code);
}

/**
 * Stores dead letters, each once: nothing must be on its subject yet, which the server checks. What is there already is
 * the same dead letter, or what it was replaced with when it was dropped.
 */
export class LetterStore {
  readonly #connection: NatsConnection;
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;

  constructor(connection: NatsConnection, js: JetStreamClient, manager: JetStreamManager) {
    this.#connection = connection;
    this.#js = js;
    this.#manager = manager;
  }

  /** The message on a subject of dead letters, read where it is written. */
  last(subject: string): Promise<StoredMsg | undefined> {
    return present(
      async () =>
        (await this.#manager.streams.getMessage(letterStream, { last_by_subj: subject })) ??
        undefined,
    );
  }

  /** @returns Whether it was stored now; otherwise it was before. */
  async put(draft: LetterDraft): Promise<boolean> {
    let expected = 0;
    for (;;) {
      try {
        await this.#publish(draft, expected);
        return true;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
      const found = await this.last(draft.subject);
      if (found !== undefined && !replaces(draft, found)) return false;
      expected = found?.seq ?? 0;
    }
  }

  /**
   * Takes a dead letter out, if it is still the one of this sequence. What takes its place is gone after an hour, and
   * until then keeps out what came in before `intakeSequence`.
   *
   * @returns Whether it was there.
   */
  async drop(
    subject: string,
    sequence: number,
    intakeSequence: number,
    hasRest: boolean,
  ): Promise<boolean> {
    const marks = headers();
    marks.set(header.dropped, String(intakeSequence));
    marks.set("Nats-TTL", `${markerSeconds}s`);
    try {
      await this.#js.publish(subject, "", {
        headers: marks,
        expect: { lastSubjectSequence: sequence },
      });
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
    if (hasRest) await this.#manager.streams.purge(letterStream, { filter: restSubject(subject) });
    return true;
  }

  /** The whole payload of a dead letter. */
  async payload({ subject, header: marks, data }: StoredMsg): Promise<Uint8Array> {
    const size = Number(marks?.get(header.rest) ?? 0);
    if (!(size > 0)) return data;
    const rest = await this.last(restSubject(subject));
    return rest === undefined ? data : Buffer.concat([data, rest.data]);
  }

  /** With the headers of a dead letter a payload may not fit into one message any more: its end goes first, by itself. */
  async #publish(draft: LetterDraft, expected: number): Promise<void> {
    const { subject, headers: marks, payload, maxAgeMs } = draft;
    const ttl = maxAgeMs > 0 ? `${Math.max(1, Math.ceil(maxAgeMs / 1000))}s` : undefined;
    const sizeMax = this.#connection.info?.max_payload ?? 1024 * 1024;
    const room = Math.max(0, sizeMax - Buffer.byteLength(String(marks)) - addedSize);
    const rest = payload.subarray(room);
    if (rest.length > 0) {
      marks.set(header.rest, String(rest.length));
      const restMarks = headers();
      if (ttl !== undefined) restMarks.set("Nats-TTL", ttl);
      await this.#js.publish(restSubject(subject), rest, { headers: restMarks });
    }
    if (ttl !== undefined) marks.set("Nats-TTL", ttl);
    await this.#js.publish(subject, payload.subarray(0, room), {
      headers: marks,
      expect: { lastSubjectSequence: expected },
    });
  }
}

/** Whether it takes the place of what is there: of one that was dropped before it died again, or that had no message. */
function replaces(draft: LetterDraft, { header: marks }: StoredMsg): boolean {
  const dropped = marks?.get(header.dropped) ?? "";
  if (dropped !== "") return draft.intakeSequence > Number(dropped);
  return (marks?.get(header.missing) ?? "") !== "" && !draft.isMissing;
}
