import {
  authorizationResponseClaims,
  validateAuthorizationResponse,
} from "../jwt/authorization-claims.ts";
import { decodeJwt } from "../jwt/decode.ts";
import { type UserClaims, userClaims, validateUser } from "../jwt/user-claims.ts";
import type { ServerIdentity } from "../server-identity.ts";
import { proxyRequired } from "../trusted-proxy.ts";

/** What an answer has to fit. */
export interface ExpectedAnswer {
  /** The account that was asked, by name. */
  readonly account: string;
  /** The user key that the request named. */
  readonly userKey: string;
  readonly server: ServerIdentity;
  /** Public curve key of the service; `""` if nothing is encrypted. */
  readonly curveKey: string;
  /** Whether the client came through a proxy that is trusted. */
  readonly isProxied: boolean;
  /** Whether `key` may sign answers that are not encrypted. */
  isAnswerer(key: string): boolean;
}

/** A user JWT that fits, or why there is none. */
export type CalloutAnswer =
  | { readonly ok: true; readonly claims: UserClaims }
  | { readonly ok: false; readonly problem: string };

/** What every JWT begins with. */
const jwtStart = Buffer.from("eyJ");

function refused(problem: string): CalloutAnswer {
  return { ok: false, problem };
}

/** Opens and checks the answer of a service. Never throws. `nowMs` is wall-clock time. */
export function readCalloutAnswer(
  payload: Buffer,
  expected: ExpectedAnswer,
  nowMs: number,
): CalloutAnswer {
  const account = JSON.stringify(expected.account);
  if (payload.length === 0) {
    return refused(`Auth callout violation: "no reason supplied" on account ${account}`);
  }
  const isSealed = expected.curveKey !== "" && !startsAsJwt(payload);
  const opened = isSealed ? expected.server.curve.open(payload, expected.curveKey) : payload;
  if (opened === undefined) {
    return refused(`Error decrypting auth callout response on account ${account}`);
  }
  const decoded = decodeJwt(opened.toString("latin1"), authorizationResponseClaims);
  if (!decoded.ok) return refused(decoded.problem);
  const issue = validateAuthorizationResponse(decoded.claims, nowMs).issues[0]?.text;
  if (issue !== undefined) {
    return refused(`Authorization response had validation errors: ${issue}`);
  }
  const { sub, aud, iss, nats } = decoded.claims;
  if (sub !== expected.userKey) {
    return refused("Auth callout violation: auth callout response is not for expected user");
  }
  if (aud !== expected.server.id) {
    return refused("Auth callout violation: auth callout response is not for server");
  }
  if (nats.error !== "") return refused(`Auth callout service returned an error: ${nats.error}`);
  if (!isSealed && !expected.isAnswerer(nats.issuer_account || iss)) {
    return refused("Auth callout signing key is unknown");
  }
  return readUser(nats.jwt, expected, nowMs);
}

function readUser(jwt: string, expected: ExpectedAnswer, nowMs: number): CalloutAnswer {
  const decoded = decodeJwt(jwt, userClaims);
  if (!decoded.ok) return refused(decoded.problem);
  const { claims } = decoded;
  if (claims.nats.proxy_required && !expected.isProxied) return refused(proxyRequired);
  const issue = validateUser(claims, nowMs).issues[0]?.text;
  if (issue !== undefined) return refused(`Error validating user JWT: ${issue}`);
  if (claims.sub !== expected.userKey) {
    const keys = `${JSON.stringify(expected.userKey)} but got ${JSON.stringify(claims.sub)}`;
    const account = JSON.stringify(expected.account);
    return refused(`Expected authorized user of ${keys} on account ${account}`);
  }
  return { ok: true, claims };
}

function startsAsJwt(payload: Buffer): boolean {
  return jwtStart.equals(payload.subarray(0, jwtStart.length));
}
