import { type AnnouncedPlace, type Announcement, announcedPlace } from "oxbow/internal";
import { z } from "zod";
import { presenceLimits } from "./presence-limits.ts";

const nameCharsMax = 255;
/** Neither control characters nor what turns text around, which would make lists of them lie. */
const printable = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u;

const count = z.number().min(0).max(Number.MAX_SAFE_INTEGER).nullable().catch(null);
const time = z.iso.datetime({ offset: true }).max(64).nullable().catch(null);
const shape: z.ZodType<Announcement> = z.object({
  version: z.literal(1),
  id: z.string().regex(/^[\w.-]{8,64}$/),
  name: z.string().max(128).regex(printable),
  state: z.enum(["here", "left"]),
  library: z.string().max(64).regex(printable),
  libraryVersion: z.string().max(64).regex(printable),
  holdsMs: z
    .number()
    .transform((ms) =>
      Math.min(Math.max(ms, presenceLimits.holdsMsMin), presenceLimits.holdsMsMax),
    ),
  connectedAt: time,
  messages: count,
  bytes: count,
  lastMessageAt: time,
  from: z.array(z.string().min(1).max(nameCharsMax).regex(printable)).max(8).exactOptional(),
});

/** What was announced; `undefined` for what is no announcement. Throws nothing, whatever comes. */
export function readAnnouncement(
  subject: string,
  data: Uint8Array,
): { readonly place: AnnouncedPlace; readonly announcement: Announcement } | undefined {
  if (data.length > presenceLimits.announcementBytesMax) return undefined;
  const place = announcedPlace(subject);
  const names = [place.station, place.group ?? place.station];
  if (names.some((name) => name === "" || name.length > nameCharsMax || !printable.test(name))) {
    return undefined;
  }
  try {
    const { data: announcement } = shape.safeParse(JSON.parse(Buffer.from(data).toString("utf8")));
    return announcement && { place, announcement };
  } catch {
    return undefined;
  }
}
