import type { FastifyReply, FastifyRequest } from "fastify";

/** With this prefix a browser takes it from this very host only, and never over plain HTTP from elsewhere (RFC 6265bis). */
const name = "__Host-oxbow";
/** No page of another site has it sent, and no script can read it. */
const attributes = { path: "/", secure: true, httpOnly: true, sameSite: "strict" } as const;

/** The secret of a session that a browser shows; `undefined` if it shows none. */
export function sessionSecretOf(request: FastifyRequest): string | undefined {
  const { cookie } = request.headers;
  return cookie === undefined ? undefined : request.server.parseCookie(cookie)[name];
}

/** @param maxAgeMs - When the browser may forget it. */
export function giveSecret(reply: FastifyReply, secret: string, maxAgeMs: number): void {
  reply.setCookie(name, secret, { ...attributes, maxAge: Math.floor(maxAgeMs / 1000) });
}

export function takeSecretBack(reply: FastifyReply): void {
  reply.clearCookie(name, attributes);
}
