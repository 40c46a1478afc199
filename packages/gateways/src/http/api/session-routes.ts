import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { giveSecret, sessionSecretOf, takeSecretBack } from "../access/browser-cookie.ts";
import type { DoorKeeper } from "../access/door-keeper.ts";
import type { SessionInfo, SessionList } from "../contract/index.ts";
import { httpError } from "../errors.ts";
import { apiPath } from "./api-path.ts";
import { deleted, time } from "./shapes/common.ts";
import { named } from "./shapes/named.ts";
import { problems } from "./shapes/problem.ts";

const login = named(
  "Login",
  z.union([
    z.strictObject({ user: z.string().min(1).max(256), password: z.string().min(1).max(1024) }),
    z.strictObject({ token: z.string().min(1).max(1024).describe("An access key.") }),
  ]),
);
const session: z.ZodType<SessionInfo> = named(
  "Session",
  z.object({
    id: z.string(),
    user: z.string(),
    account: z.string(),
    address: z.string(),
    userAgent: z.string(),
    createdAt: time,
    lastSeenAt: time,
    expiresAt: time,
  }),
);
const sessions: z.ZodType<SessionList> = z.object({ items: z.array(session) });
const tags = ["session"];
const one = `${apiPath}/session`;
const all = `${apiPath}/sessions`;

/** Sessions of browsers: how one is begun, and what the user of one sees of its own. */
export function registerSessions(
  app: FastifyInstance,
  keeper: DoorKeeper,
  sessionMs: number,
): void {
  app.post(one, {
    schema: {
      ...{ operationId: "session.begin", summary: "Logs in: the answer has a cookie.", tags },
      body: login,
      response: { 201: session, ...problems },
    },
    handler: async (request, reply) => {
      const before = keeper.sessions.find(sessionSecretOf(request) ?? "")?.session;
      const connection = await keeper.logIn(request.body as z.infer<typeof login>, request);
      const begun = await keeper.beginSession(connection, request);
      // Whoever had the secret of before has nothing by it any more.
      if (before !== undefined) keeper.sessions.end(before, before.id);
      giveSecret(reply, begun.secret, sessionMs);
      return reply.code(201).send(begun.session);
    },
  });
  app.get(one, {
    schema: {
      ...{ operationId: "session.get", summary: "Tells who is logged in.", tags },
      response: { 200: session, ...problems },
    },
    handler: async (request) => own(keeper, request),
  });
  app.delete(one, {
    schema: {
      ...{ operationId: "session.end", summary: "Logs out.", tags },
      response: { 200: deleted, ...problems },
    },
    handler: async (request, reply) => {
      const found = own(keeper, request);
      takeSecretBack(reply);
      return { isDeleted: keeper.sessions.end(found, found.id) };
    },
  });
  app.get(all, {
    schema: {
      ...{ operationId: "session.list", summary: "Lists the sessions of who is logged in.", tags },
      response: { 200: sessions, ...problems },
    },
    handler: async (request) => ({ items: keeper.sessions.of(own(keeper, request)) }),
  });
  app.delete(`${all}/:id`, {
    schema: {
      ...{ operationId: "session.revoke", summary: "Ends a session of who is logged in.", tags },
      params: z.object({ id: z.string().max(64) }),
      response: { 200: deleted, ...problems },
    },
    handler: async (request) => {
      const { id } = request.params as { readonly id: string };
      return { isDeleted: keeper.sessions.end(own(keeper, request), id) };
    },
  });
}

/** @throws OxbowError `LOGIN_REQUIRED` */
function own(keeper: DoorKeeper, request: FastifyRequest): SessionInfo {
  const found = keeper.sessions.find(sessionSecretOf(request) ?? "");
  if (found !== undefined) return found.session;
  throw httpError("LOGIN_REQUIRED", "there is no session: log in with POST /api/v1/session");
}
