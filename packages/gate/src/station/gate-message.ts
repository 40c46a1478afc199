/**
 * A message as a gate sees it, positions in borrowed buffers; the payload includes the header block. The engine's has this
 * shape.
 */
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
  /** What the client that published it calls itself, `""` if it has no name. */
  publisherName(): string;
  /** Has it go on under another subject. */
  setSubject(buffer: Buffer, start: number, end: number): void;
  /** Has it go on with another header block and payload. */
  setPayload(buffer: Buffer, start: number, end: number, headersSize: number): void;
}

/** Where a gate may write the subject that it gives to a message. */
export interface SubjectRoom {
  /** At least `size` bytes. What was there before is lost. */
  reserve(size: number): Buffer;
}

/** Where a message goes that is not let in, and with which headers before its own. */
export interface DeadLetterNote {
  readonly subject: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What a gate has to say of a message; nothing of one that is simply let in. */
export type GateFinding =
  | {
      readonly t: "refused";
      readonly text: string;
      readonly deadLetter: DeadLetterNote | undefined;
    }
  | { readonly t: "diverted"; readonly text: string; readonly deadLetter: DeadLetterNote }
  | { readonly t: "noticed"; readonly subject: string; readonly body: Buffer };

/** A gate, as the engine takes it: `Engine.setGate`. */
export interface StationGate {
  /** The subjects that it stands before. */
  readonly subjects: readonly string[];
  /**
   * Judges a message, synchronously and without throwing.
   *
   * @returns `undefined` if it is let in, under the subject that it has now.
   */
  judge(message: GateMessage, room: SubjectRoom): GateFinding | undefined;
}
