import { OxbowError } from "@oxbow/base";
import { StationDecoders, schemasOver } from "@oxbow/platform/decoders";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { count } from "../api/shapes/common.ts";
import { named } from "../api/shapes/named.ts";
import { problems } from "../api/shapes/problem.ts";
import type { EncodedMessages } from "../contract/index.ts";
import { messageLimits } from "./limits.ts";

const { encodedMessagesMax, encodedBytesMax } = messageLimits;

const request = named(
  "MessagesToEncode",
  z.strictObject({ texts: z.array(z.string()).min(1).max(encodedMessagesMax) }),
);
const answer: z.ZodType<EncodedMessages> = named(
  "EncodedMessages",
  z.object({
    messages: z
      .array(
        z.object({
          payload: z.string().nullable().describe("Base64; `null` for what does not fit."),
          problem: z.string().nullable(),
        }),
      )
      .describe("In the order of the texts."),
    schema: z.string().nullable().describe("`null` where messages are text as they are."),
    version: count.nullable(),
  }),
);

/** JSON becomes messages of Avro or Protobuf, as the station's schema has them. */
export function registerEncode(app: FastifyInstance): void {
  app.post(`${apiPath}/stations/:station/encode`, {
    bodyLimit: encodedBytesMax,
    schema: {
      ...{ operationId: "message.encode", tags: ["message"] },
      summary:
        "Makes messages of JSON, by the version of the schema that the station uses: the reverse of `decode`.",
      params: z.object({ station: z.string().min(1).max(512) }),
      body: request,
      response: { 200: answer, ...problems },
    },
    handler: async (asked) => {
      const { station } = asked.params as { readonly station: string };
      const { texts } = asked.body as z.infer<typeof request>;
      const { control } = callerOf(asked);
      const reader = await new StationDecoders(schemasOver(control)).reader(station);
      const messages = texts.map((text) => {
        try {
          const bytes = reader.write(text);
          return { payload: bytes.toString("base64"), problem: null };
        } catch (error) {
          if (!(error instanceof OxbowError) || error.kind === "internal") throw error;
          return { payload: null, problem: error.message };
        }
      });
      return { messages, schema: reader.schema ?? null, version: reader.version ?? null };
    },
  });
}
