import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Credentials } from "../credentials.ts";
import { isRefusal } from "../http/access/callers.ts";
import type { LoginThrottle } from "../http/access/login-throttle.ts";
import { httpError } from "../http/errors.ts";
import { restLimits } from "./limits.ts";
import { readBodyAs } from "./read-body-as.ts";
import type { MemphisRestEngine } from "./rest-gateway.ts";
import type { Expiries, RestCaller, RestSessions } from "./rest-sessions.ts";

const minutes = z.coerce.number().min(0).nullish();
const expiries = { token_expiry_in_minutes: minutes, refresh_token_expiry_in_minutes: minutes };
const authenticateShape = z.object({
  username: z.string().min(1).max(256),
  password: z.string().max(1_024).nullish(),
  connection_token: z.string().max(1_024).nullish(),
  account_id: z.union([z.number(), z.string().max(64)]).nullish(),
  ...expiries,
});
const refreshShape = z.object({ jwt_refresh_token: z.string().max(4_096), ...expiries });
/** The account of everybody who says no other, as SDKs of Memphis number it. */
const onlyAccount = "1";

/** How somebody gets a token, and another one later. */
export function registerAuth(
  app: FastifyInstance,
  engine: MemphisRestEngine,
  sessions: RestSessions,
  throttle: LoginThrottle,
): void {
  app.post("/auth/authenticate", async (request) => {
    const body = readBodyAs(authenticateShape, request.body);
    const { accountId } = request.query as { readonly accountId?: string };
    const credentials = credentialsOf({ ...body, account_id: accountId ?? body.account_id });
    const { remoteAddress: address = "", remotePort: port = 0 } = request.socket;
    throttle.check(address);
    try {
      const connection = await engine.connectAs(credentials, { address, port });
      throttle.succeeded(address);
      return await sessions.begin(connection, expiriesIn(body));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      throttle.failed(address);
      throw httpError("LOGIN_FAILED", "Unauthorized", { cause: error });
    }
  });
  app.post("/auth/refreshToken", async (request) => {
    const body = readBodyAs(refreshShape, request.body);
    const tokens = await sessions.refresh(body.jwt_refresh_token, expiriesIn(body));
    if (tokens !== undefined) return tokens;
    throw httpError("LOGIN_REQUIRED", "Unauthorized");
  });
}

/**
 * Who shows a token, in `Authorization` or in the query.
 *
 * @throws OxbowError `LOGIN_REQUIRED`
 */
export async function callerOf(
  sessions: RestSessions,
  request: FastifyRequest,
): Promise<RestCaller> {
  const { authorization } = request.query as { readonly authorization?: unknown };
  const shown =
    request.headers.authorization ?? (typeof authorization === "string" ? authorization : "");
  const caller = await sessions.find(shown.replace(/^Bearer +/i, "").slice(0, 4_096));
  if (caller !== undefined) return caller;
  throw httpError("LOGIN_REQUIRED", "Unauthorized");
}

function credentialsOf({
  username,
  password,
  connection_token: token,
  account_id: account,
}: z.infer<typeof authenticateShape>): Credentials {
  const [, name = username, own] = /^(.+)\$([^$]+)$/.exec(username) ?? [];
  const wanted = String(account ?? own ?? onlyAccount);
  const user = wanted === onlyAccount ? name : `${name}$${wanted}`;
  if (token !== null && token !== undefined && token !== "") return { user, token };
  return { user, password: password ?? "" };
}

function expiriesIn(body: {
  readonly token_expiry_in_minutes?: number | null | undefined;
  readonly refresh_token_expiry_in_minutes?: number | null | undefined;
}): Expiries {
  const { tokenMinutesDefault, refreshMinutesDefault, tokenMinutesMax } = restLimits;
  const bounded = (asked: number | null | undefined, usual: number): number =>
    Math.min(asked === null || asked === undefined || asked === 0 ? usual : asked, tokenMinutesMax);
  return {
    tokenMinutes: bounded(body.token_expiry_in_minutes, tokenMinutesDefault),
    refreshMinutes: bounded(body.refresh_token_expiry_in_minutes, refreshMinutesDefault),
  };
}
