import { groupOfConsumer, isBucketStream, isOwnStream, membershipOf } from "oxbow/internal";
import { letterStream } from "../dead-letters/places.ts";
import type { ConsumerSample, HistoryNews, HistorySource } from "./history-source.ts";

/** A durable consumer, as the server knows it. */
interface ObservedConsumer extends Omit<ConsumerSample, "group"> {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A stream, as the server knows it. */
interface ObservedStream {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly created: string;
  readonly lastSequence: number;
  readonly messages: number;
  readonly bytes: number;
  readonly storedBytes: number;
  readonly messagesMax: number | null;
  readonly bytesMax: number | null;
  readonly consumers: readonly ObservedConsumer[];
}

/** A server that tells which streams have changed since it was asked last. */
export interface StreamObserver {
  look(): { readonly changed: readonly ObservedStream[]; readonly gone: readonly string[] };
}

/** Takes what a server of this process knows of its streams, which costs it next to nothing while they are idle. */
export class ObservedSource implements HistorySource {
  readonly #observer: StreamObserver;
  #deadLetters = 0;

  constructor(observer: StreamObserver) {
    this.#observer = observer;
  }

  look(): Promise<HistoryNews> {
    const { changed, gone } = this.#observer.look();
    const letters = changed.find(({ name }) => name === letterStream);
    if (letters !== undefined) this.#deadLetters = letters.messages;
    else if (gone.includes(letterStream)) this.#deadLetters = 0;
    return Promise.resolve({
      changed: changed.filter(({ name }) => isOfStation(name)).map(sampleOf),
      gone: gone.filter(isOfStation),
      deadLetters: this.#deadLetters,
    });
  }
}

/** Whether a stream is part of what the past is about: no bucket, and nothing that the platform keeps for itself. */
export function isOfStation(stream: string): boolean {
  return !isOwnStream(stream) && !isBucketStream(stream);
}

function sampleOf({
  name,
  metadata,
  consumers,
  ...numbers
}: ObservedStream): HistoryNews["changed"][number] {
  const membership = membershipOf({ metadata: { ...metadata } });
  return {
    stream: name,
    station: membership?.station ?? name,
    partition: membership?.partition ?? 1,
    ...numbers,
    consumers: consumers.map(({ name: consumer, metadata: said, ...counts }) => ({
      group: groupOfConsumer({ metadata: { ...said } }) ?? consumer,
      ...counts,
    })),
  };
}
