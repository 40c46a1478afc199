import type { Credentials, Verdict } from "./identity.ts";

/** The account of everybody who is not given another one. */
export const globalAccountName = "$G";

/** The text that refuses somebody at the door. */
export const authorizationViolation = "Authorization Violation";

/** The verdict on wrong credentials. */
export function refuse(reason: string): Verdict {
  return { refusal: authorizationViolation, reason };
}

/** The verdict on a name or key that nobody has. */
export function refuseUnknown(reason: string): Verdict {
  return { refusal: authorizationViolation, reason, isUnknown: true };
}

/** What stands for somebody who has no name: a token is not shown. */
export function shownUser(credentials: Credentials): string {
  if (credentials.nkey !== "") return credentials.nkey;
  if (credentials.user !== "") return credentials.user;
  return credentials.token === "" ? "" : "[REDACTED]";
}
