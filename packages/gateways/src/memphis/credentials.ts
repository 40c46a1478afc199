import type { Credentials } from "../credentials.ts";

/** The account that every user is in, as SDKs write it behind the name. */
const onlyAccount = "$1";

/** What a client has said in CONNECT, as far as it matters here. */
export interface ConnectRequest {
  readonly credentials: Credentials;
  /** What the SDK calls this client, the same when it reconnects; `undefined` if it is not a client of Memphis. */
  readonly connectionId: string | undefined;
  readonly isVerbose: boolean;
  /** CONNECT as the engine is to get it. */
  readonly frame: Buffer;
}

/**
 * Reads what stands behind CONNECT. SDKs write the user as `<user>$<account>`. There is one account, 1; another one is
 * left in the name, which no user has then: the engine refuses it, and SDKs try again without an account.
 *
 * @returns `undefined` for what is not a JSON object.
 */
export function readConnect(text: string): ConnectRequest | undefined {
  const given = parsed(text);
  if (given === undefined) return undefined;
  const user = textOf(given["user"]);
  const credentials = {
    ...(user !== undefined && { user: withoutAccount(user) }),
    ...(textOf(given["pass"]) !== undefined && { password: textOf(given["pass"])! }),
    ...(textOf(given["auth_token"]) !== undefined && { token: textOf(given["auth_token"])! }),
  };
  const named = /^(.+)::(.+)$/.exec(textOf(given["name"]) ?? "");
  const wanted = { ...given, ...(user !== undefined && { user: credentials.user }) };
  return {
    credentials,
    connectionId: named?.[1],
    isVerbose: given["verbose"] === true,
    frame: Buffer.from(`CONNECT ${JSON.stringify(wanted)}\r\n`),
  };
}

function withoutAccount(user: string): string {
  return user.endsWith(onlyAccount) && user.length > onlyAccount.length
    ? user.slice(0, -onlyAccount.length)
    : user;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
