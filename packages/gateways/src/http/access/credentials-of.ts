import type { Credentials } from "../../credentials.ts";
import { httpError } from "../errors.ts";

/** Less than a line of NATS may have, of which it becomes a part. */
const bytesMax = 2_048;

/**
 * What a request shows in `Authorization`: an access key or a token behind `Bearer`, a user and its password behind `Basic`
 * (RFC 6750, RFC 7617).
 *
 * @param header - Its value; `undefined` where there is none.
 * @returns `undefined` if it shows nothing.
 * @throws OxbowError `LOGIN_FAILED` for what can't be read
 */
export function credentialsOf(header: string | undefined): Credentials | undefined {
  if (header === undefined) return undefined;
  const [, scheme = "", value = ""] =
    (header.length > bytesMax ? null : /^([A-Za-z]+) +(\S+)$/.exec(header)) ?? [];
  switch (scheme.toLowerCase()) {
    case "bearer":
      return { token: value };
    case "basic": {
      const text = Buffer.from(value, "base64").toString("utf8");
      const colon = text.indexOf(":");
      if (colon > 0) return { user: text.slice(0, colon), password: text.slice(colon + 1) };
    }
  }
  const message =
    'Authorization is "Bearer <access key>", or "Basic " and user:password in base64, of at most 2048 bytes';
  throw httpError("LOGIN_FAILED", message);
}
