import type { Delivered } from "./key-lanes.ts";

/** A message of a group that is ordered by key. */
export interface OrderedMessage extends Delivered {
  /** Counts deliveries of the consumer, and begins at 1 again when it is rewound. */
  readonly consumerSequence: number;
  /** From 1. */
  readonly attempt: number;
  /** The pin that its receiver had when the server sent it. */
  readonly pinId: string;
  /** Says something of it to the server, though the application has said something already. */
  say(word: "+ACK" | "-NAK" | "+WPI"): void;
}

/** What the server says of the consumer. */
export interface ConsumerFacts {
  /** Who has the partition; `""` for nobody. */
  readonly pinId: string;
  /** Delivered, and neither acknowledged nor given up. */
  readonly pending: number;
  /** Of the last delivery. */
  readonly consumerSequence: number;
  /** Up to this delivery all messages are settled that were delivered first then or before. */
  readonly consumerFloor: number;
  /** Requests for messages that wait, of this member, too. */
  readonly requests: number;
  readonly maxDeliveries: number | null;
}

/** What a member needs of the world to have a partition. */
export interface OrderedWorld<Item> {
  /** Milliseconds that only grow. */
  nowMs(): number;
  /** Calls once, later. @returns What prevents it. */
  after(timeMs: number, call: () => void): () => void;
  /** Rejects if it can't be found out now. */
  facts(): Promise<ConsumerFacts>;
  /** Those of the sequences whose message is still stored. Rejects if that can't be found out now. */
  stored(sequences: readonly number[]): Promise<ReadonlySet<number>>;
  /** From now on asks with this pin, and has at most so many messages here; without one asks to be given the partition. */
  ask(pinId: string | undefined): void;
  /** Says that the pin is in use, whether or not there is room for messages. */
  keepPin(pinId: string): void;
  /** Gives the partition up. Rejects if that is not allowed. */
  unpin(): Promise<void>;
  /** Whose turn it is. */
  offer(item: Item): void;
  /** There is room for so many more. */
  release(count: number): void;
  /** Asks for so many at least, though as many as are fetched ahead are kept: what comes again must find room. */
  reserve(count: number): void;
  /** Whether this member should leave a partition to others, with so many requests for messages waiting. */
  isOverShare(requests: number): boolean;
}
