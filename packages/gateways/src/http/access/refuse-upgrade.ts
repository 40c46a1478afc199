import type { FastifyReply, FastifyRequest } from "fastify";
import { httpError } from "../errors.ts";

/** Of a route that is a WebSocket for who asks for one. */
interface UpgradeConfig {
  readonly isLive?: boolean;
}

/**
 * Refuses to become another protocol where there is none. Whoever asks so has no HTTP connection any more (RFC 9110, section
 * 7.8), on which a body could come or another request, so that it ends with the answer.
 *
 * @throws OxbowError `HTTP_REQUEST_INVALID`
 */
export function refuseUpgrade(request: FastifyRequest, reply: FastifyReply): void {
  const { upgrade, connection } = request.headers;
  if (upgrade === undefined || !/\bupgrade\b/i.test(connection ?? "")) return;
  if ((request.routeOptions.config as UpgradeConfig).isLive === true) return;
  reply.header("Connection", "close");
  reply.raw.once("finish", () => request.raw.socket.destroySoon());
  const message = `nothing but HTTP is spoken here: leave out "Upgrade: ${upgrade}", and ask again`;
  throw httpError("HTTP_REQUEST_INVALID", message);
}
