/** A time as fields of the browser have it, by its own clock: `2026-11-20T12:00`; empty for none. */
export function localTime(time: string | null): string {
  if (time === null) return "";
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The time that such a field says, as of RFC 3339; `null` if it is empty. */
export function timeOf(text: string): string | null {
  return text === "" ? null : new Date(text).toISOString();
}
