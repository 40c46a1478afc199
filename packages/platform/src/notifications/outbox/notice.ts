import { createHash } from "node:crypto";
import type { Notice } from "oxbow/control";
import { z } from "zod";
import { notificationLimits } from "../limits.ts";

/** What a notice is made of. */
export interface NoticeParts extends Omit<Notice, "id" | "at"> {
  readonly atMs: number;
  /** What it is about: of the same parts comes the same id, however often it is found. */
  readonly identity: readonly (string | number)[];
}

/** Makes a notice, the same each time it is made of the same. */
export function noticeOf({ identity, atMs, text, title, ...more }: NoticeParts): Notice {
  const digest = createHash("sha256").update(JSON.stringify(identity)).digest("base64url");
  return {
    id: digest.slice(0, 22),
    at: new Date(atMs).toISOString(),
    ...more,
    title: shortened(title.replaceAll(/\p{Cc}+/gu, " ")),
    text: shortened(text),
  };
}

/** With an end that says that it was cut. */
export function shortened(text: string): string {
  const { textCharsMax } = notificationLimits;
  const whole = text.toWellFormed();
  if (whole.length <= textCharsMax) return whole;
  return `${whole.slice(0, textCharsMax - 1).toWellFormed()}…`;
}

const textOrNull = z.string().nullable();
const noticeShape: z.ZodType<Notice> = z.object({
  id: z.string().min(1),
  at: z.iso.datetime(),
  rule: textOrNull,
  when: z.string() as unknown as z.ZodType<Notice["when"]>,
  state: z.enum(["event", "raised", "recovered"]),
  station: textOrNull,
  group: textOrNull,
  count: z.int(),
  title: z.string(),
  text: z.string(),
});

/** The notice that a message is; `undefined` for what is none. */
export function readNotice(text: string): Notice | undefined {
  try {
    return noticeShape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
