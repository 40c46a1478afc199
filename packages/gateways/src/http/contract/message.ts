/** A message as an answer has it. */
export interface MessageBody {
  readonly station: string;
  /** From 1. */
  readonly partition: number;
  readonly sequence: number;
  readonly time: string;
  readonly key: string | null;
  readonly messageId: string | null;
  /** Names as they were written, each with its values in their order. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Text, or base64 where the bytes are none. */
  readonly payload: string;
  readonly encoding: "text" | "base64";
  /** Bytes of the whole payload. */
  readonly size: number;
  /** Whether only the beginning of the payload is here, as was asked for. */
  readonly isCut: boolean;
  /** With `decode`: what the message is by a version of the station's schema, `null` if it fits none. */
  readonly decoded?: DecodedBody | null;
}

/** A message as the schema of its station reads it. */
export interface DecodedBody {
  /** As JSON; `null` if the payload is that JSON itself. */
  readonly text: string | null;
  readonly schema: string;
  readonly version: number;
}

/** A message that was fetched by a member of a group. */
export interface FetchedBody extends MessageBody {
  readonly attempt: number;
  readonly token: string;
}

/** Payloads as the schema of a station reads them. */
export interface DecodedMessages {
  /** In the order of the payloads; `null` for what fits no version. */
  readonly messages: readonly (DecodedBody | null)[];
}

/** Part of the messages of a station. */
export interface MessagePage {
  readonly messages: readonly MessageBody[];
  /** `after` of the next page; `null` if there is none. */
  readonly next: string | null;
}

/** What a tail that is sampled tells of at once. */
export interface MessageSample {
  readonly shown: readonly MessageBody[];
  /** Messages that have come, whether they are among `shown` or not. */
  readonly come: number;
}
