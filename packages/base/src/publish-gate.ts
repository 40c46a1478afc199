/** Where the value of a header lies in a buffer. Made once and used again. */
export interface HeaderValue {
  start: number;
  end: number;
}

/** A message as a gate sees it, positions in borrowed buffers; the payload includes the header block. */
export interface GateMessage {
  readonly subjectBuffer: Buffer;
  readonly subjectStart: number;
  readonly subjectEnd: number;
  readonly payloadBuffer: Buffer;
  readonly payloadStart: number;
  readonly payloadEnd: number;
  /** Bytes of the header block at `payloadStart`; 0 for none. */
  readonly headersSize: number;
  /** Whether it was published within the process: by a client that came in by no port. */
  readonly isFromProcess: boolean;
  /** What the client that published it calls itself, `""` if it has no name. A new string: not for every message. */
  publisherName(): string;
  /**
   * Finds the first header called `name`, as the server does: case matters, a colon follows at once, spaces before the
   * value do not belong to it.
   *
   * @returns Whether there is one. If so `out` is where its value lies in `payloadBuffer`, else `out` is unchanged.
   */
  findHeader(name: Uint8Array, out: HeaderValue): boolean;
  /** Has it go on under another subject. */
  setSubject(buffer: Buffer, start: number, end: number): void;
  /** Has it go on with another header block and payload. */
  setPayload(buffer: Buffer, start: number, end: number, headersSize: number): void;
}

/** Where a gate may write the subject that it gives to a message; it lasts as long as that is being delivered. */
export interface SubjectRoom {
  /** At least `size` bytes. What was there before is lost. */
  reserve(size: number): Buffer;
}

/** Where a message goes that is not let in, and with which headers behind its own. */
export interface DeadLetterNote {
  /** A literal subject. Gates do not stand before what the engine itself publishes there. */
  readonly subject: string;
  /** Names and values; line breaks in values become spaces. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What a gate has to say of a message; it says nothing of one that is simply let in. */
export type GateFinding =
  /** It is not let in. Its publisher is told `text`, and it becomes a dead letter if there is a note. */
  | {
      readonly t: "refused";
      readonly text: string;
      readonly deadLetter: DeadLetterNote | undefined;
    }
  /**
   * It becomes a dead letter instead, and its publisher is told what the stream of those says. Where no stream takes it,
   * and in a batch, which has no place for others' sequences, it is refused with `text`.
   */
  | { readonly t: "diverted"; readonly text: string; readonly deadLetter: DeadLetterNote }
  /** It is let in, and `body` is published on `subject` for whoever listens there. */
  | { readonly t: "noticed"; readonly subject: string; readonly body: Buffer };

/**
 * Stands before subjects of an account and judges what is published to them, before anybody gets it.
 *
 * The engine knows nothing of what it demands. It is called for each message: what is let in unchanged must cost no
 * promise, closure, object or string.
 */
export interface PublishGate {
  /** The subjects that it stands before, wildcards allowed. Never changed. */
  readonly subjects: readonly string[];
  /**
   * Judges a message, synchronously. Buffers are borrowed for the call. Must not throw: a message of which it does is
   * refused.
   *
   * @param room - For the subject, if it gives it another one. That is not judged again.
   * @returns `undefined` if it is let in, under the subject that it has now.
   */
  judge(message: GateMessage, room: SubjectRoom): GateFinding | undefined;
  /**
   * What the publisher is told of a message that nobody takes, whatever its subject, if it is clear what is wrong with that;
   * by default that there is nobody.
   */
  explainUnheard?(subject: string): string | undefined;
}
