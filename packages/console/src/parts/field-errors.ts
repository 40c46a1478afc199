/** What a server has against fields of a form: `field: what is wrong; other: …`, by the field. */
export function fieldErrors(
  error: Error | null,
  fields: readonly string[],
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const part of error?.message.split("; ") ?? []) {
    const [, field = "", text = ""] = /^(\w+)(?:\.[\w.]+)?: (.+)$/s.exec(part) ?? [];
    if (fields.includes(field)) found[field] ??= text;
  }
  return found;
}
