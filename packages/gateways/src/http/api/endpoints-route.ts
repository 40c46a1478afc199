import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import type { Endpoints } from "../contract/index.ts";
import { apiPath } from "./api-path.ts";
import { named } from "./shapes/named.ts";
import { problems } from "./shapes/problem.ts";

/** Where else the server is served, for code that is to be pasted. */
const endpoints: z.ZodType<Endpoints> = named(
  "Endpoints",
  z.object({
    nats: z.object({
      port: z.int().describe("For clients of NATS, at the name that HTTP is asked by."),
      isAuthRequired: z.boolean().describe("Whether they have to say who they are."),
      isEncrypted: z.boolean().describe("Whether they have to use TLS."),
    }),
  }),
);

export function registerEndpoints(app: FastifyInstance): void {
  app.get(`${apiPath}/endpoints`, {
    schema: {
      ...{ operationId: "platform.endpoints", tags: ["platform"] },
      summary: "Tells where clients of NATS connect.",
      response: { 200: endpoints, ...problems },
    },
    handler: async (request) => {
      const { info } = callerOf(request).connection;
      return {
        nats: {
          port: info?.port ?? 0,
          isAuthRequired: info?.auth_required === true,
          isEncrypted: info?.tls_required === true,
        },
      };
    },
  });
}
