import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import type { DeadLetter, JourneyRelative } from "oxbow/control";
import { isMissing, membershipOf } from "oxbow/internal";
import { deadLetterOf } from "../dead-letters/dead-letter.ts";
import { present } from "../dead-letters/origin.ts";
import {
  consumerOfLetter,
  incarnationOf,
  letterStream,
  lettersOfMessage,
  resendRecordSubject,
  resendStream,
} from "../dead-letters/places.ts";
import { ResendDocuments, recordSchema } from "../dead-letters/resend-documents.ts";

/** What a message is for one group that gave it up. */
export interface LetterOfMessage {
  /** The consumer that the group is. */
  readonly consumer: string;
  /** `undefined` if it was taken out of the dead letters. */
  readonly letter: DeadLetter | undefined;
  /** Where it was resent to last. */
  readonly resent: JourneyRelative | undefined;
}

/** Where a message is whose dead letters are looked for. */
interface LetterQuery {
  readonly station: string;
  readonly partition: number;
  readonly sequence: number;
  /** When its stream was made, by which it is told from another one of the name. */
  readonly created: string;
}

/** What a message is for each group that gave it up. Of one that is no dead letter any more its resend is known still. */
export async function lettersOf(
  js: JetStreamClient,
  manager: JetStreamManager,
  { created, ...place }: LetterQuery,
): Promise<LetterOfMessage[]> {
  const filter = lettersOfMessage({ ...place, incarnation: incarnationOf({ created }) });
  const letters = await subjectsIn(manager, letterStream, filter);
  const records = await subjectsIn(manager, resendStream, resendRecordSubject(filter));
  const found = new Map<string, LetterOfMessage>();
  for (const subject of letters) {
    const stored = await present(() =>
      manager.streams.getMessage(letterStream, { last_by_subj: subject }),
    );
    const letter = stored ? deadLetterOf(stored) : undefined;
    const consumer = consumerOfLetter(subject);
    if (letter !== undefined) found.set(consumer, { consumer, letter, resent: undefined });
  }
  for (const subject of records) {
    const resent = await resentTo(js, manager, subject);
    const consumer = consumerOfLetter(subject);
    const letter = found.get(consumer)?.letter;
    if (resent !== undefined) found.set(consumer, { consumer, letter, resent });
  }
  return [...found.values()];
}

async function subjectsIn(
  manager: JetStreamManager,
  stream: string,
  filter: string,
): Promise<string[]> {
  try {
    const { state } = await manager.streams.info(stream, { subjects_filter: filter });
    return Object.keys(state.subjects ?? {});
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function resentTo(
  js: JetStreamClient,
  manager: JetStreamManager,
  recordSubject: string,
): Promise<JourneyRelative | undefined> {
  const { document } = await new ResendDocuments(js, manager).read(recordSubject, recordSchema);
  if (document === undefined || document.state !== "stored" || document.sequence === null) {
    return undefined;
  }
  const { stream, sequence } = document;
  const info = await present(() => manager.streams.info(stream));
  const membership = info && membershipOf(info.config);
  const message = await present(() => manager.streams.getMessage(stream, { seq: sequence }));
  return {
    station: membership?.station ?? stream,
    partition: membership?.partition ?? 1,
    sequence,
    how: "resent",
    time: message?.time.toISOString() ?? null,
  };
}
