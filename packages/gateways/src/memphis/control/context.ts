import type { ClientPlatform } from "../client-platform.ts";
import type { Graveyard } from "../graveyard.ts";
import type { PartitionCounts } from "../partition-counts.ts";
import type { Presence } from "../presence.ts";
import type { SameAccount } from "../same-account.ts";
import type { SchemaNews } from "../schema-news.ts";

/** What answering a client takes. */
export interface ControlContext {
  readonly account: SameAccount;
  /** Stations, groups and schemas, as far as the client's user may change them. */
  readonly platform: ClientPlatform;
  readonly news: SchemaNews;
  readonly presence: Presence;
  readonly counts: PartitionCounts;
  readonly graveyard: Graveyard;
  /** What the SDK calls this client. */
  readonly connectionId: string;
  /** The user, as the client has said it. */
  readonly user: string;
}
