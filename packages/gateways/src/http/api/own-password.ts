import type { NatsConnection } from "@nats-io/nats-core";
import { type Clock, OxbowError } from "@oxbow/base";
import type { PasswordChange, PasswordChanged } from "oxbow/control";
import { giveSecret, sessionSecretOf } from "../access/browser-cookie.ts";
import type { DoorKeeper } from "../access/door-keeper.ts";
import { LoginThrottle } from "../access/login-throttle.ts";
import { callerOf } from "../access/request-caller.ts";
import { whoIs } from "../access/who-is.ts";
import type { HttpLimits } from "../limits.ts";
import type { Around } from "./register-api.ts";

/**
 * Has somebody change his own password: guesses of the present one are slowed down as logins are, all sessions of the user
 * end, and who has asked in one goes on in a new one, with a secret of its own (ASVS 7.2.4, 7.4.3).
 */
export function changesOwnPassword(
  keeper: DoorKeeper,
  clock: Clock,
  limits: HttpLimits,
): Around<"user.changePassword"> {
  const throttle = new LoginThrottle(clock, limits, "tries to change a password have");
  return async (request, reply, ask) => {
    const address = request.ip ?? "";
    throttle.check(address);
    const caller = callerOf(request);
    const { user, account } = await whoIs(caller.connection);
    const isOfSession = keeper.sessions.find(sessionSecretOf(request) ?? "")?.caller === caller;
    const comeIn = (login: string): Promise<NatsConnection> => {
      const { password } = request.body as PasswordChange;
      return keeper.logInAgain({ user: login, password }, request);
    };
    let connection: NatsConnection | undefined;
    let changed: PasswordChanged;
    try {
      changed = await ask();
    } catch (error) {
      if ((error as { code?: unknown }).code === "PASSWORD_WRONG") throttle.failed(address);
      if (isAnswer(error)) throw error;
      // Who has used the password of before is disconnected at once, and no answer arrives: that the new one is right tells.
      connection = await comeIn(user).catch(() => undefined);
      if (connection === undefined) throw error;
      changed = { user };
    }
    throttle.succeeded(address);
    const before = keeper.sessions.of({ user, account });
    if (isOfSession) {
      connection ??= await comeIn(changed.user);
      const { secret } = await keeper.beginSession(connection, request);
      giveSecret(reply, secret, limits.sessionMs);
    } else await connection?.close();
    for (const { id } of before) keeper.sessions.end({ user, account }, id);
    return changed;
  };
}

/** Whether the platform has said no; what else went wrong may have been carried out. */
function isAnswer(error: unknown): boolean {
  const unknown: readonly string[] = ["unavailable", "timeout", "closed", "internal"];
  return error instanceof OxbowError && !unknown.includes(error.kind);
}
