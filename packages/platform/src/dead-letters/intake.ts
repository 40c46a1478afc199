import type { JetStreamClient, JetStreamManager, JsMsg } from "@nats-io/jetstream";
import {
  headers,
  type MsgHdrs,
  type NatsConnection,
  NoRespondersError,
  RequestError,
  TimeoutError,
} from "@nats-io/nats-core";
import { partitionOf } from "@oxbow/gate";
import { noteDeath } from "../journey/journal.ts";
import type { Stations } from "../stations/stations.ts";
import { readIntake } from "./intake-entry.ts";
import { header } from "./letter-headers.ts";
import { LetterMaker, type MadeLetter, type Release } from "./letter-maker.ts";
import { isConflict, LetterStore } from "./letter-store.ts";
import { present } from "./origin.ts";
import {
  intakeStream,
  jobSubject,
  letterSubjectOfAny,
  letterTail,
  resendStream,
} from "./places.ts";
import type { OnStep } from "./steps.ts";

const releaseTimeoutMs = 2_000;
/** Tries to copy a dead letter, which is kept already, to the station that is named for it. */
const copyAttemptsMax = 10;

/** What the intake works with. */
interface IntakeParts {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly stations: Stations;
  readonly onStep: OnStep;
  readonly onProblem: (problem: unknown) => void;
}

/**
 * Makes dead letters of what comes in. Each of its writes may be done again, after a crash or by two workers at a time:
 * the dead letter and its copy are stored where nothing is yet, and a consumer that is told to wait no more for a message
 * takes no harm from being told twice. What came in is acknowledged at the end.
 */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #maker: LetterMaker;
  readonly #store: LetterStore;
  /** When the stream was made, by which sequences of another one of the name are told from its own. */
  #created: string | undefined;

  constructor(parts: IntakeParts) {
    const { connection, js, manager, stations } = parts;
    this.#parts = parts;
    this.#maker = new LetterMaker(manager, stations);
    this.#store = new LetterStore(connection, js, manager);
  }

  /** @throws What the connection and the server throw: then it is to be done again. */
  async take(message: JsMsg): Promise<void> {
    const { onStep } = this.#parts;
    const made = await this.#made(message);
    if (made === undefined) return;
    await onStep("letter.read");
    if (!(await this.#isKeptAlready(made))) await this.#store.put(made.draft);
    await onStep("letter.stored");
    if (made.copyTo !== undefined) {
      await this.#copy(made, made.copyTo, message.info.deliveryCount);
      await onStep("letter.copied");
    }
    if (made.release !== undefined) {
      await this.#release(made.release);
      await onStep("letter.released");
    }
  }

  async #made(message: JsMsg): Promise<MadeLetter | undefined> {
    const { subject, headers: given, data, seq, time } = message;
    const entry = readIntake({ subject, headers: given, data, timeMs: time.getTime() });
    switch (entry.kind) {
      case "none":
        return undefined;
      case "silent":
        noteDeath(this.#parts.connection, entry, data);
        return undefined;
      case "delivery":
        // What was handed over is told of by the server, too.
        if (entry.handedOver === undefined) noteDeath(this.#parts.connection, entry, data);
        return this.#maker.fromDelivery(entry, seq);
      case "refused":
        if (await this.#isOfResend(entry.message.headers)) return undefined;
        this.#created ??= (await this.#parts.manager.streams.info(intakeStream)).created;
        return this.#maker.fromRefused(entry, given, { created: this.#created, sequence: seq });
    }
  }

  /** What is resent and not let in is still the dead letter that it was. */
  async #isOfResend(given: MsgHdrs | undefined): Promise<boolean> {
    const [, job] =
      /^([A-Za-z0-9]+)-\d+$/.exec(given?.get(`Oxbow-Of-${header.resendId}`) ?? "") ?? [];
    if (job === undefined) return false;
    const query = { last_by_subj: jobSubject(job) };
    const found = await present(() => this.#parts.manager.streams.getMessage(resendStream, query));
    return found !== undefined && found !== null;
  }

  /** Of a stream that is gone it is not known which one it was: the dead letter may be there under its own name. */
  async #isKeptAlready({ key, draft }: MadeLetter): Promise<boolean> {
    if (key.incarnation !== "gone") return false;
    const found = await this.#store.last(letterSubjectOfAny(key));
    return found?.header?.get(header.intake) === String(draft.intakeSequence);
  }

  /** The copy has a key that no other message has, so that it is stored once. */
  async #copy({ key, draft }: MadeLetter, to: string, attempts: number): Promise<void> {
    const { js, stations, onProblem } = this.#parts;
    try {
      const station = await stations.find(to);
      if (station === undefined) throw new Error(`station ${to} is not there`);
      const tail = letterTail(key);
      const count = station.partitions.length;
      const bytes = Buffer.from(tail);
      const number = count === 1 ? 1 : partitionOf(bytes, 0, bytes.length, count);
      const partition = station.partitions.find((each) => each.number === number);
      if (partition === undefined) throw new Error(`station ${to} is not whole`);
      const prefix = station.isManaged ? partition.stream : to;
      await js.publish(`${prefix}.${tail}`, draft.payload, {
        headers: withoutStoreHeaders(draft.headers),
        msgID: `dead-letter.${tail}`,
        expect: { lastSubjectSequence: 0, streamName: partition.stream },
      });
    } catch (error) {
      if (isConflict(error)) return;
      if (attempts < copyAttemptsMax) throw error;
      onProblem(
        new Error(`a dead letter of ${key.station} is not copied to ${to}`, { cause: error }),
      );
    }
  }

  /** Acknowledges the message in the group's place: a station that keeps messages until then need not keep it any more. */
  async #release({ stream, consumer, sequence, attempts }: Release): Promise<void> {
    const subject = `$JS.ACK.${stream}.${consumer}.${attempts}.${sequence}.1.1.0`;
    const { connection, manager } = this.#parts;
    try {
      await connection.request(subject, "+ACK", { timeout: releaseTimeoutMs });
    } catch (error) {
      const isUnheard = error instanceof NoRespondersError || error instanceof TimeoutError;
      if (!isUnheard && !(error instanceof RequestError)) throw error;
      const info = await present(() => manager.consumers.info(stream, consumer));
      // A group that was put back to before the message will get it again, and says itself what becomes of it.
      if (info !== undefined && info.delivered.stream_seq >= sequence) throw error;
    }
  }
}

/** What a dead letter has for its own stream. */
function withoutStoreHeaders(marks: MsgHdrs): MsgHdrs {
  const copy = headers();
  for (const [name, values] of marks) {
    if (/^nats-/i.test(name) || name === header.rest) continue;
    for (const value of values) copy.append(name, value);
  }
  return copy;
}
