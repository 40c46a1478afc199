import { StationDecoders, schemasOver } from "@oxbow/platform/decoders";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { named } from "../api/shapes/named.ts";
import { problems } from "../api/shapes/problem.ts";
import type { DecodedMessages } from "../contract/index.ts";
import { messageLimits } from "./limits.ts";
import { decodedBody } from "./message-body.ts";
import { decodedBodyOf } from "./shown-message.ts";

const { encodedMessagesMax, encodedBytesMax } = messageLimits;

const request = named(
  "MessagesToDecode",
  z.strictObject({
    payloads: z.array(z.base64()).min(1).max(encodedMessagesMax).describe("Each in base64."),
  }),
);
const answer: z.ZodType<DecodedMessages> = named(
  "DecodedMessages",
  z.object({
    messages: z
      .array(decodedBody.nullable())
      .describe("In the order of the payloads; `null` for what fits no version."),
  }),
);

/** Payloads that are no messages of the station, or none any more, are read by its schema: those of dead letters. */
export function registerDecode(app: FastifyInstance): void {
  app.post(`${apiPath}/stations/:station/decode`, {
    bodyLimit: encodedBytesMax,
    schema: {
      ...{ operationId: "message.decode", tags: ["message"] },
      summary: "Reads payloads by the schema of a station, as JSON: the reverse of `encode`.",
      params: z.object({ station: z.string().min(1).max(512) }),
      body: request,
      response: { 200: answer, ...problems },
    },
    handler: async (asked) => {
      const { station } = asked.params as { readonly station: string };
      const { payloads } = asked.body as z.infer<typeof request>;
      const { control } = callerOf(asked);
      const reader = await new StationDecoders(schemasOver(control), { withText: true }).reader(
        station,
      );
      const messages = payloads.map((payload) => {
        const bytes = Buffer.from(payload, "base64");
        return decodedBodyOf(reader.read(bytes), bytes);
      });
      return { messages };
    },
  });
}
