import type { FastifyReply } from "fastify";

/**
 * What every answer says to browsers: that it is what it says it is, and that nothing is to be kept, or shown by pages of
 * others (ASVS 3.4). A route may say something else of the first two.
 */
export function protect(reply: FastifyReply): void {
  const defaults = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  };
  for (const [name, value] of Object.entries(defaults)) {
    if (!reply.hasHeader(name)) void reply.header(name, value);
  }
  void reply.headers({
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
  });
}
