import type { FastifyReply } from "fastify";

const policyName = "Content-Security-Policy";
const policy = "default-src 'none'; frame-ancestors 'none'";
const always = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
} as const;

/**
 * What every answer says to browsers: that it is what it says it is, and that nothing is to be kept, or shown by pages of
 * others (ASVS 3.4). A route may say something else of the first two.
 */
export function protect(reply: FastifyReply): void {
  if (!reply.hasHeader("Cache-Control")) reply.header("Cache-Control", "no-store");
  if (!reply.hasHeader(policyName)) reply.header(policyName, policy);
  reply.headers(always);
}
