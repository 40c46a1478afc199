import type { PayloadEncoding } from "@oxbow/gate";
import type { Attachment, AttachmentRequest } from "oxbow/control";
import { platformError, stationName } from "oxbow/internal";
import type { Stations } from "../stations/stations.ts";
import type { Bucket, BucketEntry } from "./bucket.ts";
import { getDocument, versionIn } from "./definitions.ts";
import {
  documentVersion,
  readStationDocument,
  type StationDocument,
  stationKeys,
} from "./documents.ts";
import { registryLimits } from "./limits.ts";
import { readAttachmentRequest } from "./requests.ts";

/** Which schemas stations use. Each change is one write. */
export class Attachments {
  readonly #bucket: Bucket;
  readonly #stations: Stations;

  constructor(bucket: Bucket, stations: Stations) {
    this.#bucket = bucket;
    this.#stations = stations;
  }

  async attach(givenStation: string, request: AttachmentRequest): Promise<Attachment> {
    const wanted = readAttachmentRequest(request);
    const { schema: name, version, mode } = wanted;
    const { name: station } = await this.#stations.get(givenStation);
    if (!isKey(station)) {
      const message = `station ${JSON.stringify(station)} can't have a schema: its name has other characters than letters, digits, "_", "-" and "."`;
      throw platformError("STATION_INVALID", message);
    }
    return this.#bucket.change(async (change) => {
      const document = await getDocument(this.#bucket, name);
      if (version !== "active") versionIn(name, document, version);
      else if (document.active === null) throw noActive(name);
      const encoding = encodingOf(name, document.format, wanted.encoding);
      const stored: StationDocument = {
        version: documentVersion,
        schema: { name, version, mode, encoding },
      };
      const key = `${stationKeys}${station}`;
      const text = JSON.stringify(stored);
      const before = await this.#bucket.read(key);
      if (before?.text !== text) {
        if (before === undefined) await this.#refuseTooMany();
        else readStationDocument(key, before.text);
        await change.write(key, text);
      }
      return attachmentOf(station, stored);
    });
  }

  async detach(givenStation: string): Promise<boolean> {
    return this.#bucket.change(async (change) => {
      const before = await this.#entry(givenStation);
      if (before === undefined) return false;
      readStationDocument(before.key, before.text);
      await change.remove(before.key);
      return true;
    });
  }

  async find(givenStation: string): Promise<Attachment | undefined> {
    const entry = await this.#entry(givenStation);
    return entry === undefined ? undefined : readAttachment(entry.key, entry.text);
  }

  /** All of them, by station. */
  async list(): Promise<Attachment[]> {
    const entries = await this.#bucket.readAll(stationKeys);
    return entries.map(({ key, text }) => readAttachment(key, text));
  }

  /** Of a plain client's stream by the name that it has, else by the name of a station. */
  async #entry(given: string): Promise<BucketEntry | undefined> {
    const plain = isKey(given) ? await this.#bucket.read(`${stationKeys}${given}`) : undefined;
    return plain ?? this.#bucket.read(`${stationKeys}${stationName(given)}`);
  }

  async #refuseTooMany(): Promise<void> {
    if ((await this.#bucket.keys(stationKeys)).length < registryLimits.stationsMax) return;
    if ((await this.#bucket.liveKeys(`${stationKeys}>`)).length < registryLimits.stationsMax)
      return;
    const message = `${registryLimits.stationsMax} stations have a schema, which is the most: detach one first`;
    throw platformError("SCHEMA_TOO_LARGE", message);
  }
}

/** Whether a name can be that of a key, also the name of a plain client's stream. */
function isKey(name: string): boolean {
  return /^[\w-]+(?:\.[\w-]+)*$/.test(name);
}

/** @throws OxbowError `SCHEMA_UNREADABLE` */
export function readAttachment(key: string, text: string): Attachment {
  return attachmentOf(key.slice(stationKeys.length), readStationDocument(key, text));
}

function attachmentOf(station: string, { schema }: StationDocument): Attachment {
  const { name, version, mode, encoding } = schema;
  return { station, schema: name, version, mode, encoding: encoding ?? undefined };
}

function encodingOf(
  name: string,
  format: string,
  encoding: PayloadEncoding | undefined,
): PayloadEncoding | null {
  if (format === "avro") return encoding ?? "binary";
  if (encoding === undefined) return null;
  const message = `encoding: only Avro messages can be written in two ways, and schema ${name} is ${format}: leave it out`;
  throw platformError("SCHEMA_INVALID", message);
}

function noActive(name: string): Error {
  const message = `schema ${name} has no version yet: add one first`;
  return platformError("SCHEMA_NOT_FOUND", message);
}
