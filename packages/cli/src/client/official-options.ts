import { readFileSync } from "node:fs";
import {
  type Authenticator,
  credsAuthenticator,
  type NodeConnectionOptions,
  nkeyAuthenticator,
} from "@nats-io/transport-node";
import type { ServerTarget, TargetCredentials } from "./target.ts";

/** A target as the official client wants it. */
export function officialOptions(target: ServerTarget, name: string): NodeConnectionOptions {
  const { servers, credentials, tls, timeoutMs } = target;
  return {
    servers: [...servers],
    name,
    timeout: timeoutMs,
    ...(tls !== undefined && { tls }),
    ...(credentials !== undefined && authentication(credentials)),
  };
}

function authentication(credentials: TargetCredentials): NodeConnectionOptions {
  if ("user" in credentials) return { user: credentials.user, pass: credentials.password };
  if ("token" in credentials) return { token: credentials.token };
  return { authenticator: authenticatorOf(credentials) };
}

function authenticatorOf(
  credentials: { readonly file: string } | { readonly nkeySeed: string },
): Authenticator {
  if ("nkeySeed" in credentials) {
    return nkeyAuthenticator(new TextEncoder().encode(credentials.nkeySeed));
  }
  const { file } = credentials;
  return (nonce) => credsAuthenticator(readFileSync(file))(nonce);
}
