import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { StationDefaults, StationDefaultsChanges } from "oxbow/control";
import {
  isMissing,
  platformError,
  problemsIn,
  readSettings,
  type StationRequest,
} from "oxbow/internal";
import { z } from "zod";
import { Bucket, bucketStream } from "../schemas/bucket.ts";
import { type DocumentKind, readDocument } from "../schemas/read-document.ts";

const key = "defaults";
const documentVersion = 1;
const settings = z.looseObject({}) as unknown as z.ZodType<StationRequest>;
const document = z.strictObject({
  version: z.literal(documentVersion),
  isAutoCreated: z.boolean(),
  settings,
});
const changesShape = z.strictObject({
  isAutoCreated: z.boolean().exactOptional(),
  settings: settings.exactOptional(),
});
const documents: DocumentKind = {
  bucket: "oxbow",
  version: documentVersion,
  unreadable: "STATION_UNAVAILABLE",
  remedy: "set the defaults again",
};
const none: StationDefaults = { isAutoCreated: false, settings: {} };

/**
 * What stations of an account are like where nobody says so. It is one document in the bucket of the platform, which is
 * made when the first defaults are set.
 */
export class DefaultsOfStations {
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;

  private constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.#connection = connection;
    this.#manager = manager;
  }

  /** @param connection - Stays the caller's. */
  static async open(connection: NatsConnection): Promise<DefaultsOfStations> {
    return new DefaultsOfStations(connection, await jetstreamManager(connection));
  }

  /** @throws OxbowError `STATION_UNAVAILABLE` for what this program can't read */
  async read(): Promise<StationDefaults> {
    const text = await this.#text();
    if (text === undefined) return none;
    const { isAutoCreated, settings: found } = readDocument(documents, document, key, text);
    return { isAutoCreated, settings: found };
  }

  /**
   * Changes them. Stations that there are stay as they are.
   *
   * @throws OxbowError `STATION_INVALID` for settings that no station can have
   */
  async change(changes: StationDefaultsChanges): Promise<StationDefaults> {
    const result = changesShape.safeParse(changes);
    if (!result.success) throw platformError("STATION_INVALID", problemsIn(result.error));
    const bucket = await Bucket.open(this.#connection, 1);
    return bucket.change(async (change) => {
      const defaults = { ...(await this.read()), ...result.data };
      readSettings(defaults.settings);
      await change.write(key, JSON.stringify({ version: documentVersion, ...defaults }));
      return defaults;
    });
  }

  async #text(): Promise<string | undefined> {
    const query = { last_by_subj: `$KV.oxbow.${key}` };
    try {
      const message = await this.#manager.streams.getMessage(bucketStream, query);
      return message === null || message.header.has("KV-Operation") ? undefined : message.string();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}
