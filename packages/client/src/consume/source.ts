import type { Msg } from "@nats-io/nats-core";
import type { Link } from "../connection/link.ts";
import type { Message } from "./message.ts";
import { Pull } from "./pull.ts";

/** Where the messages of a partition come from. */
export interface Source {
  /** Somebody is about to get a message that came. @returns Whether he may: else it comes again. */
  claim(message: Message<unknown>): boolean;
  /** A message that came is not handed out. */
  giveBack(message: Message<unknown>): void;
  /** Asks for no more. */
  stop(): Promise<void>;
}

export interface SourceOptions {
  readonly stream: string;
  readonly consumer: string;
  /** How many are fetched ahead. */
  readonly prefetch: number;
  /** `undefined` for a message that is nobody's to handle. */
  toMessage(raw: Msg): Message<unknown> | undefined;
  onMessage(message: Message<unknown>): void;
  /** Looks whether the consumer is there: throws if it never will be, resolves to `false` if that is not known. */
  check(): Promise<boolean>;
  /** There will be no more messages. */
  onEnd(error: Error): void;
}

/** Messages as they come, each for whichever member asked first. */
export function openPlainSource(link: Link, options: SourceOptions): Source {
  const { prefetch, ...others } = options;
  const pull = new Pull(link, {
    ...others,
    countMax: prefetch,
    onMessage: (raw) => {
      const message = options.toMessage(raw);
      if (message === undefined) pull.release();
      else options.onMessage(message);
    },
  });
  return {
    claim: () => {
      pull.release();
      return true;
    },
    giveBack: (message) => message.nak(),
    stop: () => pull.stop(),
  };
}
