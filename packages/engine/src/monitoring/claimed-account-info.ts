import { accountClaims } from "../auth/jwt/account-claims.ts";
import { validateAccount } from "../auth/jwt/validate-account.ts";
import type { Engine } from "../engine.ts";
import { formatTimestamp } from "../time/timestamp.ts";

/** What is known of an account that an operator vouches for. */
export interface ClaimedAccountInfo {
  readonly updatedAtMs: number;
  readonly isExpired: boolean;
  readonly isComplete: boolean;
  /** Its JWT, and who has signed that, with the fields of `/accountz`. */
  readonly token: Readonly<Record<string, unknown>>;
  /** What its JWT says, what is wrong with that, and which users do not come in any more. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What the JWT of an account says; `undefined` where operators have nothing to say about it. */
export function claimedAccountInfo(engine: Engine, name: string): ClaimedAccountInfo | undefined {
  const { operator } = engine;
  const account = operator?.accounts.get(name);
  const state = operator?.accounts.stateOf(name);
  if (account === undefined || state === undefined) return undefined;
  const { jwt, claims, updatedAtMs } = account;
  const issues = jwt === "" ? [] : validateAccount(claims, engine.nowMs()).issues;
  const { nats } = claims;
  return {
    ...{ updatedAtMs, ...state },
    token: { ...(jwt !== "" && { jwt }), issuer_key: claims.iss },
    claims: {
      ...(jwt !== "" && { decoded_jwt: accountClaims.shape(nats.version).write(claims) }),
      ...(issues.length > 0 && {
        validation_result_jwt: issues.map(({ text, severity }) => ({
          description: text,
          blocking: severity === "error",
          time_check: severity === "time",
        })),
      }),
      ...(nats.revocations.size > 0 && {
        revoked_user: instants(Object.fromEntries(nats.revocations)),
      }),
    },
  };
}

/** The years 1 to 9999: a JWT may say anything, and no others can be written. */
const earliest = -62_135_596_800;
const latest = 253_402_300_799;

/** Seconds since 1970 by name, as Go writes a map of times. */
export function instants(seconds: Readonly<Record<string, number>>): Record<string, string> {
  const sorted = Object.entries(seconds).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([name, at]) => [
      name,
      formatTimestamp(Math.min(latest, Math.max(earliest, at)), 0),
    ]),
  );
}
