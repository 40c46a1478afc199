import type { PresenceKind } from "oxbow/control";
import { z } from "zod";

/** What is kept of a producer or consumer: that it is there, or that it is gone. */
export interface PresenceRecord {
  readonly version: 1;
  readonly state: "here" | "gone";
  /** When it became so. */
  readonly at: string;
  readonly kind: PresenceKind;
  /** Whether it says itself that it is there. */
  readonly isAnnounced: boolean;
  readonly name: string;
  readonly station: string;
  /** `null` of a producer. */
  readonly group: string | null;
  readonly library: string | null;
  readonly libraryVersion: string | null;
  readonly address: string | null;
  readonly user: string | null;
  readonly firstSeenAt: string;
  /** Of one that is gone: when it was there last. */
  readonly lastSeenAt: string | null;
  /** Of one that is gone: whether it said so, or nothing was heard of it any more. */
  readonly how: "left" | "lapsed" | null;
  /** Of one that is gone: how many producers the station has left, or consumers the group. */
  readonly remaining: number | null;
}

const text = z.string().max(1_024);
const shape: z.ZodType<PresenceRecord> = z.object({
  version: z.literal(1),
  state: z.enum(["here", "gone"]),
  at: text,
  kind: z.enum(["producer", "consumer"]),
  isAnnounced: z.boolean(),
  name: text,
  station: text,
  group: text.nullable(),
  library: text.nullable(),
  libraryVersion: text.nullable(),
  address: text.nullable(),
  user: text.nullable(),
  firstSeenAt: text,
  lastSeenAt: text.nullable(),
  how: z.enum(["left", "lapsed"]).nullable(),
  remaining: z.number().nullable(),
});

/** The record that a message holds; `undefined` for one that this program can't read. */
export function readPresenceRecord(message: string): PresenceRecord | undefined {
  try {
    return shape.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}
