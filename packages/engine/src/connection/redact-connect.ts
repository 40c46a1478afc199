/** Fields of CONNECT that let somebody in, by how they begin. */
const secret = /^(pass|auth_token|sig|proxy_sig|nkey|jwt)/i;

/** The JSON of a CONNECT without what lets somebody in. Of what is no JSON nothing is shown: it may hold anything. */
export function redactConnect(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), (key, value: unknown) =>
      secret.test(key) && value !== "" ? "[REDACTED]" : value,
    );
  } catch {
    return "[REDACTED]";
  }
}
