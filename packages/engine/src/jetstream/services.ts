import type { Clock, Logger, Random } from "@oxbow/base";
import type { LogStore } from "@oxbow/log";
import type { Account } from "../routing/account.ts";
import type { MessageView } from "../routing/message.ts";
import type { Advisories } from "./advisories.ts";
import type { JsApiError } from "./config/errors.ts";
import type { ServerIdentity } from "./config/metadata.ts";
import type { StorageType } from "./config/stream-config.ts";
import type { Consumer } from "./consumer/consumer.ts";
import type { IngestRoom } from "./ingest/ingest-room.ts";
import type { Sender } from "./sender.ts";
import type { PublishAcks } from "./stream/publish-acks.ts";
import type { Stream } from "./stream/stream.ts";
import type { TurnClock } from "./turn-clock.ts";

/** The server, as JetStream shows it. */
export interface JetStreamServer extends ServerIdentity {
  readonly id: string;
  readonly name: string;
  /** Its JetStream domain, if it has one. */
  readonly domain: string | undefined;
}

/** What the parts of JetStream share within an account. */
export interface JetStreamServices {
  readonly account: Account;
  readonly clock: Clock;
  readonly turnClock: TurnClock;
  readonly random: Random;
  readonly logger: Logger;
  readonly store: LogStore;
  readonly sender: Sender;
  readonly acks: PublishAcks;
  /** `<domain>.<account hash>.`, which acknowledgements of version 2 have before the stream (ADR-15). */
  readonly ackScope: string;
  readonly advisories: Advisories;
  readonly ingest: IngestRoom;
  readonly server: JetStreamServer;
  /** Whether the server, or the account, bounds what streams together may take. */
  hasStorageLimit(): boolean;
  /** Takes room for `charge` bytes of a kind of storage; an error, and nothing is taken, if there is not that much. */
  takeRoom(storage: StorageType, charge: number): JsApiError | undefined;
  /** Slows the publisher of `message` down until the disk has caught up. */
  onPressure(message: MessageView): void;
  /** Lets go on whom {@link onPressure} has slowed down. */
  readonly onRelief: () => void;
  /** Nobody has used a consumer for longer than its inactivity threshold. */
  onInactive(stream: Stream, consumer: Consumer): void;
  /** A message turned out to be damaged on disk. */
  onDamaged(stream: Stream, sequence: number): void;
}
