/** Stands where a secret was. */
const hidden = "[redacted]";
const depthMax = 8;

/** Ends of names of fields that hold secrets, in small letters and digits only. */
const secretNames =
  /(?:password|passwd|passphrase|passcode|pass|pwd|token|secret|authorization|cookie|credential|jwt|seed|privatekey|apikey|accesskey|encryptionkey|previouskey|signingkey)s?$/;

/** What is a secret wherever it stands, and what of it may stay. */
const secretTexts: readonly (readonly [RegExp, string])[] = [
  // Access keys, secrets of webhooks and of ingest URLs.
  [/\b(oxk_|whsec_|oxi_)[\w+/=-]+/g, `$1${hidden}`],
  [/\b(Bearer|Basic)\s+[\w.+/=~-]+/gi, `$1 ${hidden}`],
  // Seeds of NATS, and JWTs.
  [/\bS[ACNOUX][A-Z2-7]{56}\b/g, hidden],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, hidden],
  // Who comes with its password in a URL.
  [/(\b[a-z][a-z\d+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi, `$1:${hidden}@`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, hidden],
  [/((?:__Host-)?oxbow[\w-]*=)[^;\s"]+/g, `$1${hidden}`],
  [
    /((?:^|[{,\s])"?(?:pass|password|auth_token|token|secret|jwt|sig)"?\s*[:=]\s*")(?!\[redacted\])[^"]*"/gi,
    `$1${hidden}"`,
  ],
];

/** A text without the secrets that can be told by their looks. */
export function redactText(text: string): string {
  let result = text;
  for (const [pattern, left] of secretTexts) result = result.replace(pattern, left);
  return result;
}

/**
 * Fields of a log line without secrets, however deep they are: those whose names say that they hold one, and texts that
 * look like one. What is logged stays as it is.
 */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactObject(fields, depthMax, new Set());
}

function redactObject(
  value: object,
  depthLeft: number,
  above: ReadonlySet<object>,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const within = new Set(above).add(value);
  for (const [name, each] of Object.entries(value)) {
    result[name] = isSecretName(name) ? hiding(each) : redactValue(each, depthLeft - 1, within);
  }
  return result;
}

function redactValue(value: unknown, depthLeft: number, above: ReadonlySet<object>): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (above.has(value) || depthLeft <= 0) return "[…]";
  if (value instanceof Error) return redactText(value.message);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return `[${value.byteLength} bytes]`;
  const within = new Set(above).add(value);
  if (Array.isArray(value)) return value.map((each) => redactValue(each, depthLeft - 1, within));
  const entries = value instanceof Map ? Object.fromEntries(value) : value;
  return redactObject(entries as object, depthLeft, above);
}

function isSecretName(name: string): boolean {
  return secretNames.test(name.toLowerCase().replaceAll(/[^a-z\d]/g, ""));
}

/** Whether there is one may be told. */
function hiding(value: unknown): unknown {
  return value === undefined || value === null || typeof value === "boolean" ? value : hidden;
}
