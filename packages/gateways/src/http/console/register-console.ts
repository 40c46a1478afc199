import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance, FastifyReply } from "fastify";
import sirv from "sirv";

/** Stands in the page where the number goes that its own styles are known by. */
const placeholder = "__NONCE__";

/** Answers with the page of the console. */
export type SendPage = (reply: FastifyReply) => FastifyReply;

/**
 * Serves the files of the console. Who has not logged in gets them, too: there is nothing in them.
 *
 * @param directory - Where it was built.
 * @returns What answers with its page, for whatever path it may have made.
 * @throws the system's error where it was not built
 */
export async function registerConsole(app: FastifyInstance, directory: string): Promise<SendPage> {
  const page = await readFile(join(directory, "index.html"), "utf8");
  const files = sirv(directory, {
    immutable: true,
    // Those that the build has put beside them.
    gzip: true,
    maxAge: 365 * 24 * 60 * 60,
    setHeaders: (response) => response.setHeader("X-Content-Type-Options", "nosniff"),
  });
  for (const path of ["/assets/*", "/favicon.svg"]) {
    app.get(path, { schema: { hide: true } as object }, (request, reply) => {
      reply.hijack();
      files(request.raw, reply.raw, () => {
        reply.raw.writeHead(404, { "Content-Type": "text/plain" }).end("there is no such file\n");
      });
    });
  }
  return (reply) => sendPage(reply, page);
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  const nonce = randomBytes(16).toString("base64");
  return reply
    .headers({
      "Content-Security-Policy": policyOf(nonce),
      "Referrer-Policy": "no-referrer",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    })
    .type("text/html; charset=utf-8")
    .send(page.replaceAll(placeholder, nonce));
}

/** What the page may load and do: what comes from here, and nothing else. */
function policyOf(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
