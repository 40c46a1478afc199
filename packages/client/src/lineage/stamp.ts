/** Says how a message came in. One that a platform door has put on (ADR-0017). */
export const stampHeader = "Oxbow-Stamp";
/** Says what a message was derived from. */
export const parentHeader = "Oxbow-Parent";

/** The doors by which messages come in. */
export const doors = ["sdk", "cli", "http", "memphis", "ingest", "resend"] as const;
export type Door = (typeof doors)[number];

/** How a message came in, as its stamp says. */
export interface Stamp {
  /** One of {@link doors}, or another one of a later version. */
  readonly door: string;
  /** What the producer calls itself. */
  readonly by: string | null;
  /** The id under which it announces itself. */
  readonly id: string | null;
  /** Number of its connection in the server. */
  readonly connection: number | null;
  /** Who it is, where the door knows. */
  readonly user: string | null;
}

/** A message that another one is derived from. */
export interface MessagePlace {
  readonly station: string;
  /** From 1. */
  readonly partition: number;
  readonly sequence: number;
}

/** What is read of a stamp at most. */
const charsMax = 1_024;

/** The value of {@link stampHeader}: `door=sdk;by=checkout;id=…;conn=12;user=…`, each percent-encoded, what is not known left out. */
export function stampText({ door, by, id, connection, user }: Partial<Stamp>): string {
  const fields = { door, by, id, conn: connection, user };
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => `${name}=${encoded(String(value))}`)
    .join(";");
}

/** What a stamp says; `undefined` for what is none. Fields that are not known are passed over. */
export function readStamp(text: string | undefined | null): Stamp | undefined {
  if (text === undefined || text === null || text.length > charsMax) return undefined;
  const fields = new Map<string, string>();
  for (const field of text.split(";")) {
    const at = field.indexOf("=");
    const value = at < 1 ? undefined : decoded(field.slice(at + 1));
    if (value === undefined) return undefined;
    fields.set(field.slice(0, at), value);
  }
  const door = fields.get("door");
  if (door === undefined || !/^[a-z][a-z0-9-]{0,31}$/.test(door)) return undefined;
  const connection = Number(fields.get("conn") ?? Number.NaN);
  return {
    door,
    by: fields.get("by") ?? null,
    id: fields.get("id") ?? null,
    connection: Number.isSafeInteger(connection) && connection >= 0 ? connection : null,
    user: fields.get("user") ?? null,
  };
}

/** The value of {@link parentHeader}: `orders/1/42`, the station percent-encoded. */
export function parentText({ station, partition, sequence }: MessagePlace): string {
  return `${encoded(station)}/${partition}/${sequence}`;
}

/** What a message says that it was derived from; `undefined` for what says nothing. */
export function readParent(text: string | undefined | null): MessagePlace | undefined {
  if (text === undefined || text === null || text.length > charsMax) return undefined;
  const [, token = "", partition, sequence] = /^([^/\s]+)\/(\d{1,5})\/(\d{1,16})$/.exec(text) ?? [];
  const station = decoded(token);
  const place = {
    station: station ?? "",
    partition: Number(partition),
    sequence: Number(sequence),
  };
  const isPlace =
    place.station !== "" &&
    place.partition > 0 &&
    place.sequence > 0 &&
    Number.isSafeInteger(place.sequence);
  return isPlace ? place : undefined;
}

/** Whether a header is one that doors put on, and nobody else. */
export function isStampHeader(name: string): boolean {
  return /^oxbow-(?:stamp|parent)$/i.test(name);
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function decoded(text: string): string | undefined {
  try {
    const value = decodeURIComponent(text);
    return /\p{Cc}/u.test(value) ? undefined : value;
  } catch {
    return undefined;
  }
}
