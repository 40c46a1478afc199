import {
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
} from "@nats-io/jetstream";
import type { HistoryQuestion, Notice, NotificationRecord } from "oxbow/control";
import { isMissing } from "oxbow/internal";
import { z } from "zod";
import { readNotice, shortened } from "./notice.ts";
import { doneOfOut, notificationStream, outSubject } from "./places.ts";

/** JetStream's codes for a subject that has a message where none was expected. */
const wrongLastSequence: readonly number[] = [10071, 10164];
const donePattern = "$OXBOW.NOTIFY.DONE.";
const fetchedMax = 500;
/** What was recorded is looked through so far back. */
const scannedMax = 20_000;

/** What is known of one that was tried. */
export interface Trial {
  readonly outcome: NotificationRecord["outcome"];
  readonly attempts: number;
  readonly triedAtMs: number;
  readonly error: string | null;
}

const trialShape = z.object({
  outcome: z.enum(["waiting", "sent", "failed"]),
  attempts: z.int(),
  triedAt: z.string(),
  error: z.string().nullable(),
});

/** The notifications that are to be sent, and those that were. */
export class Outbox {
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;

  constructor(js: JetStreamClient, manager: JetStreamManager) {
    this.#js = js;
    this.#manager = manager;
  }

  /** Has a notice sent on a channel; one that is there already, sent or not, is left as it is. */
  async put(channel: string, notice: Notice): Promise<void> {
    try {
      await this.#js.publish(outSubject(channel, notice.id), JSON.stringify(notice), {
        expect: { streamName: notificationStream, lastSubjectSequence: 0 },
      });
    } catch (error) {
      const isThere = error instanceof JetStreamApiError && wrongLastSequence.includes(error.code);
      if (!isThere) throw error;
    }
  }

  /** Writes down what became of one. */
  async record(subject: string, { triedAtMs, error, ...rest }: Trial): Promise<void> {
    const triedAt = new Date(triedAtMs).toISOString();
    const document = { ...rest, triedAt, error: error === null ? null : shortened(error) };
    await this.#js.publish(doneOfOut(subject), JSON.stringify(document), {
      expect: { streamName: notificationStream },
    });
  }

  /** What was to be sent, the latest first. */
  async history(
    asked: HistoryQuestion,
    isShown: (record: NotificationRecord) => boolean,
  ): Promise<NotificationRecord[]> {
    const { channel = "*", rule, outcome, limit = 100 } = asked;
    const trials = new Map<string, z.infer<typeof trialShape>>();
    const notices: { readonly subject: string; readonly notice: Notice }[] = [];
    for (const { subject, text } of await this.#read(channel)) {
      if (subject.startsWith(donePattern)) {
        const trial = parsed(text);
        if (trial !== undefined) trials.set(subject, trial);
        continue;
      }
      const notice = readNotice(text);
      if (notice !== undefined) notices.push({ subject, notice });
    }
    const records = notices.reverse().map(({ subject, notice }): NotificationRecord => {
      const trial = trials.get(doneOfOut(subject));
      return {
        channel: subject.split(".")[3] ?? "",
        outcome: trial?.outcome ?? "waiting",
        attempts: trial?.attempts ?? 0,
        triedAt: trial?.triedAt ?? null,
        error: trial?.error ?? null,
        notice,
      };
    });
    return records
      .filter(({ notice }) => rule === undefined || notice.rule === rule)
      .filter((record) => outcome === undefined || record.outcome === outcome)
      .filter(isShown)
      .slice(0, limit);
  }

  /** The end of the stream, in its order. */
  async #read(channel: string): Promise<{ subject: string; text: string }[]> {
    let lastSequence: number;
    try {
      lastSequence = (await this.#manager.streams.info(notificationStream)).state.last_seq;
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
    const consumer = await this.#js.consumers.get(notificationStream, {
      filter_subjects: [`$OXBOW.NOTIFY.*.${channel}.*`],
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: Math.max(1, lastSequence - scannedMax + 1),
    });
    const all: { subject: string; text: string }[] = [];
    let { num_pending: left } = await consumer.info();
    while (left > 0) {
      let count = 0;
      const wanted = { max_messages: Math.min(left, fetchedMax), expires: 5_000 };
      for await (const message of await consumer.fetch(wanted)) {
        count++;
        left = message.info.pending;
        all.push({ subject: message.subject, text: message.string() });
      }
      if (count === 0) break;
    }
    return all;
  }
}

function parsed(text: string): z.infer<typeof trialShape> | undefined {
  try {
    return trialShape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
