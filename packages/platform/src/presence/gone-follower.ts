import { AckPolicy, DeliverPolicy, type JsMsg, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { PresenceKind } from "oxbow/control";
import { isMissing } from "oxbow/internal";
import { WorkLoop } from "../dead-letters/work-loop.ts";
import { readPresenceRecord } from "./presence-record.ts";
import { ensurePresenceStream, presenceStream } from "./presence-stream.ts";

/** A producer or consumer is gone: it left, or did not come back in time. */
export interface PresenceGone {
  /** Of the event: the same whoever tells it, and however often. */
  readonly id: string;
  readonly kind: PresenceKind;
  readonly name: string;
  readonly station: string;
  /** `null` of a producer. */
  readonly group: string | null;
  /** When it was found out. */
  readonly at: string;
  /** Whether it said so itself, or nothing was heard of it any more. */
  readonly how: "left" | "lapsed";
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly address: string | null;
  readonly user: string | null;
  /** How many producers the station has left, or consumers the group. */
  readonly remaining: number;
}

/** Who hears of it. */
export interface GoneFollowerOptions {
  /** What it rejects is tried again later, here or elsewhere, with the same event. */
  readonly onGone: (gone: PresenceGone) => Promise<void>;
  /** Told of what could not be done, and is tried again. */
  readonly onProblem?: (problem: unknown) => void;
  /** Followers of one name share the events, any number of processes. Default `notifications`. */
  readonly name?: string;
}

const ackWaitNs = 30_000_000_000;

/**
 * Hears of producers and consumers that are gone, from the first time on that it was started: also of what happens while
 * none runs. Each event is told once, to one of the followers of a name, unless that dies over it.
 */
export class GoneFollower implements AsyncDisposable {
  readonly #loop: WorkLoop;

  private constructor(loop: WorkLoop) {
    this.#loop = loop;
  }

  /** @param connection - Stays the caller's. */
  static async start(
    connection: NatsConnection,
    { onGone, onProblem = ignore, name = "notifications" }: GoneFollowerOptions,
  ): Promise<GoneFollower> {
    const js = jetstream(connection);
    const manager = await js.jetstreamManager();
    const ensure = async (): Promise<void> => {
      await ensurePresenceStream(manager);
      try {
        await manager.consumers.info(presenceStream, name);
      } catch (error) {
        if (!isMissing(error)) throw error;
        await manager.consumers.add(presenceStream, {
          durable_name: name,
          name,
          ack_policy: AckPolicy.Explicit,
          deliver_policy: DeliverPolicy.New,
          ack_wait: ackWaitNs,
          max_deliver: -1,
        });
      }
    };
    await ensure();
    const loop = new WorkLoop(connection, js, {
      stream: presenceStream,
      consumer: name,
      pulledMax: 100,
      workedMax: 16,
      ensure,
      onProblem,
      take: async (message) => {
        const gone = goneIn(message);
        if (gone !== undefined) await onGone(gone);
        message.ack();
      },
    });
    return new GoneFollower(loop);
  }

  /** Resolves once what was begun is done. */
  close(): Promise<void> {
    return this.#loop.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The event that a record is, if it is one. */
function goneIn(message: JsMsg): PresenceGone | undefined {
  const record = readPresenceRecord(message.string());
  if (record?.state !== "gone") return undefined;
  const { kind, name, station, group, at, firstSeenAt, address, user } = record;
  return {
    ...{ kind, name, station, group, at, firstSeenAt, address, user },
    id: `${presenceStream}.${message.seq}`,
    how: record.how ?? "lapsed",
    lastSeenAt: record.lastSeenAt ?? at,
    remaining: record.remaining ?? 0,
  };
}

function ignore(): void {
  // Nobody wants to hear of it.
}
