import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import { z } from "zod";
import { isConflict } from "./letter-store.ts";
import { present } from "./origin.ts";
import { resendStream } from "./places.ts";
import { parsed } from "./resend-request.ts";

/** How far a resend is. */
export interface ResendState {
  readonly version: 1;
  readonly state: "running" | "done" | "cancelled";
  /** Dead letters that it is about. */
  readonly matched: number;
  /** Those whose message is stored again. */
  readonly sent: number;
  /** Those that were left out: resent too often, of no group, without a message. */
  readonly skipped: number;
  readonly failed: number;
  /** Why some were left out or failed, the first of each kind. */
  readonly problems: readonly string[];
  /** The last dead letter that is counted. */
  readonly cursor: number;
  /** Dead letters, counted by now, that are yet to be taken out. */
  readonly unsettled: readonly (readonly [subject: string, sequence: number, hasRest: boolean])[];
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** What is being done with one dead letter, or was last. */
export interface ResendRecord {
  readonly version: 1;
  readonly job: string;
  /** The dead letter. */
  readonly letter: number;
  /** Begun, done, or begun so long ago that nobody can say. */
  readonly state: "noted" | "stored" | "uncertain";
  /** How often it was resent, since it is a dead letter. */
  readonly count: number;
  readonly stream: string;
  readonly subject: string;
  /** The message is stored at this sequence or later, if it is. */
  readonly from: number;
  readonly sequence: number | null;
}

/** A document, and the sequence that the next one of its subject must expect. */
export interface Kept<Document> {
  readonly sequence: number;
  readonly document: Document;
  /** When it was written. */
  readonly timeMs: number;
}

const count = z.int().min(0);
export const stateSchema: z.ZodType<ResendState> = z.strictObject({
  version: z.literal(1),
  state: z.enum(["running", "done", "cancelled"]),
  matched: count,
  sent: count,
  skipped: count,
  failed: count,
  problems: z.array(z.string()),
  cursor: count,
  unsettled: z.array(z.tuple([z.string(), z.int(), z.boolean()])),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
});
export const recordSchema: z.ZodType<ResendRecord> = z.strictObject({
  version: z.literal(1),
  job: z.string(),
  letter: z.int(),
  state: z.enum(["noted", "stored", "uncertain"]),
  count,
  stream: z.string(),
  subject: z.string(),
  from: z.int(),
  sequence: z.int().nullable(),
});

/** The documents of resends: one on each subject, replaced only by who knows the one before. */
export class ResendDocuments {
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;

  constructor(js: JetStreamClient, manager: JetStreamManager) {
    this.#js = js;
    this.#manager = manager;
  }

  /** The document on a subject. One that can't be read counts as none, and is replaced. */
  async read<Document>(
    subject: string,
    schema: z.ZodType<Document>,
  ): Promise<Kept<Document> | { readonly sequence: number; readonly document: undefined }> {
    const found = await present(async () =>
      this.#manager.streams.getMessage(resendStream, { last_by_subj: subject }),
    );
    if (found === undefined || found === null) return { sequence: 0, document: undefined };
    const document = parsed(schema, found.string());
    if (document === undefined) return { sequence: found.seq, document: undefined };
    return { sequence: found.seq, document, timeMs: found.time.getTime() };
  }

  /** @returns Its sequence; `undefined` if another one was written since. */
  async write(subject: string, document: object, expected: number): Promise<number | undefined> {
    try {
      const { seq } = await this.#js.publish(subject, JSON.stringify(document), {
        expect: { lastSubjectSequence: expected },
      });
      return seq;
    } catch (error) {
      if (isConflict(error)) return undefined;
      throw error;
    }
  }
}
