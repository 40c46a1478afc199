import type { JetStreamManager } from "@nats-io/jetstream";
import type { MsgHdrs } from "@nats-io/nats-core";
import { OxbowError } from "@oxbow/base";
import { type DeadLetterReason, isResentSubject, type StationSettings } from "oxbow/internal";
import type { Stations } from "../stations/stations.ts";
import type { DeadDelivery, HandedOver, RefusedMessage } from "./intake-entry.ts";
import {
  gateHeaders,
  handedOverHeaders,
  header,
  keptHeaders,
  setLine,
  withinBounds,
} from "./letter-headers.ts";
import type { LetterDraft } from "./letter-store.ts";
import { findOrigin, type Origin, readMessage } from "./origin.ts";
import { incarnationOf, type LetterKey, letterSubject } from "./places.ts";

/** A dead letter that is to be kept, and what else its station wants. */
export interface MadeLetter {
  readonly key: LetterKey;
  readonly draft: LetterDraft;
  /** The station that it is copied to. */
  readonly copyTo: string | undefined;
  /** The consumer that is to wait no more for its message. */
  readonly release: Release | undefined;
}

/** A message that a consumer gave up, and that a station which keeps messages until then need not keep any more. */
export interface Release {
  readonly stream: string;
  readonly consumer: string;
  readonly sequence: number;
  readonly attempts: number;
}

/** A message as it was, with the headers that a dead letter keeps. */
interface Content {
  readonly subject: string;
  readonly time: string | undefined;
  readonly headers: MsgHdrs;
  readonly payload: Uint8Array;
  readonly isMissing: boolean;
}

/** What comes in as a dead letter; `undefined` if its station wants none of the kind, or it is not of a group. */
export class LetterMaker {
  readonly #manager: JetStreamManager;
  readonly #stations: Stations;

  constructor(manager: JetStreamManager, stations: Stations) {
    this.#manager = manager;
    this.#stations = stations;
  }

  async fromDelivery(
    delivery: DeadDelivery,
    intakeSequence: number,
  ): Promise<MadeLetter | undefined> {
    const { stream, consumer, sequence, reason } = delivery;
    const origin = await findOrigin(this.#manager, delivery);
    const { station, group, partition, incarnation, settings, isManaged } = origin;
    if (origin.isEphemeral || !isWanted(settings, reason)) return undefined;
    const content = await this.#contentOf(delivery, origin);
    const { headers } = content;
    setLine(headers, header.group, group);
    setLine(headers, header.error, delivery.error || exhaustedText(delivery.attempts));
    setLine(headers, header.stream, stream);
    setLine(headers, header.partition, partition);
    setLine(headers, header.sequence, sequence);
    setLine(headers, header.attempts, delivery.attempts);
    if (content.isMissing) setLine(headers, header.missing, missingText(origin));
    const key = { station, group, incarnation, partition, sequence };
    const made = this.#made(key, reason, content, delivery.diedAtMs, intakeSequence, settings);
    const isReleased = isManaged && reason === "exhausted";
    const attempts = delivery.attempts ?? 1;
    return { ...made, release: isReleased ? { stream, consumer, sequence, attempts } : undefined };
  }

  async fromRefused(
    { station, error, diedAtMs, message }: RefusedMessage,
    given: MsgHdrs | undefined,
    intake: { readonly created: string; readonly sequence: number },
  ): Promise<MadeLetter | undefined> {
    const settings = await this.#settingsOf(station);
    if (!isWanted(settings, "refused")) return undefined;
    const content = contentOf(message, message.time ?? new Date(diedAtMs).toISOString());
    setLine(content.headers, header.error, error);
    for (const name of gateHeaders) setLine(content.headers, name, given?.get(name));
    const incarnation = incarnationOf(intake);
    const key = { station, group: null, incarnation, partition: 0, sequence: intake.sequence };
    return this.#made(key, "refused", content, diedAtMs, intake.sequence, settings);
  }

  #made(
    key: LetterKey,
    reason: DeadLetterReason,
    { headers, subject, time, payload, isMissing }: Content,
    diedAtMs: number,
    intakeSequence: number,
    settings: StationSettings | undefined,
  ): MadeLetter {
    // Of a message that was resent, what it was before.
    const resends = Number(headers.get(`Oxbow-Of-${header.resends}`));
    const isResent = isResentSubject(subject);
    const firstSubject = isResent ? headers.get(`Oxbow-Of-${header.subject}`) : "";
    setLine(headers, header.station, key.station);
    setLine(headers, header.reason, reason);
    setLine(headers, header.subject, firstSubject || subject);
    setLine(headers, header.time, time);
    setLine(headers, header.diedAt, new Date(diedAtMs).toISOString());
    setLine(headers, header.intake, intakeSequence);
    if (resends > 0) setLine(headers, header.resends, resends);
    // A copy that dies is not copied on: two stations could name each other.
    const isCopy = (headers.get(`Oxbow-Of-${header.reason}`) ?? "") !== "";
    const link = settings?.deadLetterStation ?? key.station;
    return {
      key,
      draft: {
        subject: letterSubject(key),
        headers: withinBounds(headers),
        payload,
        intakeSequence,
        isMissing,
        maxAgeMs: settings?.deadLetterMaxAgeMs ?? 0,
      },
      copyTo: isCopy || link === key.station ? undefined : link,
      release: undefined,
    };
  }

  /** What the member handed over may be older than what the stream has; but that may be gone. */
  async #contentOf(
    { stream, sequence, handedOver }: DeadDelivery,
    origin: Origin,
  ): Promise<Content> {
    if (handedOver !== undefined) return contentOf(handedOver, handedOver.time);
    const stored =
      origin.incarnation === "gone"
        ? undefined
        : await readMessage(this.#manager, stream, sequence);
    if (stored === undefined) {
      const nothing = { payload: new Uint8Array(), headers: keptHeaders(undefined) };
      return { ...nothing, subject: "", time: undefined, isMissing: true };
    }
    return {
      subject: stored.subject,
      time: stored.timestamp,
      headers: keptHeaders(stored.header),
      payload: stored.data,
      isMissing: false,
    };
  }

  /** What a station says of its dead letters; `undefined` if there is none of the name. */
  async #settingsOf(station: string): Promise<StationSettings | undefined> {
    try {
      return (await this.#stations.find(station))?.settings;
    } catch (error) {
      // Whoever publishes to the intake can name anything.
      if (error instanceof OxbowError && error.code === "STATION_INVALID") return undefined;
      throw error;
    }
  }
}

function contentOf({ subject, headers, payload }: HandedOver, time: string | undefined): Content {
  return { subject, time, headers: handedOverHeaders(headers), payload, isMissing: false };
}

function isWanted(settings: StationSettings | undefined, reason: DeadLetterReason): boolean {
  return settings?.deadLetterReasons.includes(reason) ?? true;
}

function exhaustedText(attempts: number | undefined): string {
  return attempts === undefined
    ? "it was delivered as often as its group says, and not acknowledged"
    : `it was delivered ${attempts} ${attempts === 1 ? "time" : "times"}, and not acknowledged`;
}

function missingText({ incarnation }: Origin): string {
  return incarnation === "gone"
    ? "its station was deleted before it could be read"
    : "its station did not keep it until it could be read";
}
