import type { JetStreamManager, StoredMsg, StreamInfo } from "@nats-io/jetstream";
import type { StationSettings } from "oxbow/internal";
import { groupOfConsumer, isMissing, membershipOf, settingsOf } from "oxbow/internal";
import { incarnationOf } from "./places.ts";

/** Where a message is from that a consumer is done with. */
export interface Origin {
  readonly station: string;
  readonly group: string;
  readonly partition: number;
  /** `gone` if the stream is. */
  readonly incarnation: string;
  /** What the station says of its dead letters. */
  readonly settings: StationSettings | undefined;
  /** Whether the platform made both the station and the group. */
  readonly isManaged: boolean;
  /** Whether it is one that goes by itself: those are no groups. */
  readonly isEphemeral: boolean;
}

/** What is asked for: a consumer of a stream, at a time. */
export interface OriginQuery {
  readonly stream: string;
  readonly consumer: string;
  readonly diedAtMs: number;
}

/** Finds out where a message is from. What is gone, or was made later under the same name, tells nothing. */
export async function findOrigin(manager: JetStreamManager, query: OriginQuery): Promise<Origin> {
  const { stream, consumer, diedAtMs } = query;
  const info = await present(() => manager.streams.info(stream));
  if (info === undefined || isLater(info, diedAtMs)) {
    return { ...byName(stream), group: byToken(consumer), ...nothing, isEphemeral: false };
  }
  const found = await present(() => manager.consumers.info(stream, consumer));
  const group = found && groupOfConsumer(found.config);
  const membership = membershipOf(info.config);
  return {
    station: membership?.station ?? stream,
    group:
      group ?? (found === undefined && membership !== undefined ? byToken(consumer) : consumer),
    partition: membership?.partition ?? 1,
    incarnation: incarnationOf(info),
    settings: settingsOf(info.config),
    isManaged: membership !== undefined && group !== undefined,
    isEphemeral: found !== undefined && (found.config.durable_name ?? "") === "",
  };
}

/** A message of a stream, `undefined` if it is not there any more. */
export function readMessage(
  manager: JetStreamManager,
  stream: string,
  sequence: number,
): Promise<StoredMsg | undefined> {
  return present(
    async () => (await manager.streams.getMessage(stream, { seq: sequence })) ?? undefined,
  );
}

/** What is asked for, `undefined` if the server says that it is not there. */
export async function present<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const nothing = { incarnation: "gone", settings: undefined, isManaged: false } as const;

function isLater({ created }: StreamInfo, timeMs: number): boolean {
  return Date.parse(created) > timeMs;
}

/** A station by the name of a stream that can't be asked: as the platform names those of its stations. */
function byName(stream: string): { readonly station: string; readonly partition: number } {
  const [, token = stream, number = "1"] = /^([^$]+)\$(\d+)$/.exec(stream) ?? [];
  return { station: byToken(token), partition: Number(number) };
}

function byToken(token: string): string {
  return token.replaceAll("#", ".");
}
