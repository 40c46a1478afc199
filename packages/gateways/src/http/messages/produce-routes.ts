import type { FastifyInstance, FastifyRequest } from "fastify";
import { contextIn, type TraceContext } from "oxbow/internal";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { anyBytes } from "../api/open-api.ts";
import { problems } from "../api/shapes/problem.ts";
import { batchShape, messagesOfJson, messagesOfLines } from "./batch-body.ts";
import { acknowledgement, batchReport, batchReportText } from "./batch-report.ts";
import { messageLimits } from "./limits.ts";
import { type ProduceQuery, produceOptionsOf, produceQuery } from "./produce-request.ts";

const path = `${apiPath}/stations/:station/messages`;
const station = z.object({ station: z.string().min(1).max(512) });
const lines = /^application\/(x-)?(ndjson|jsonl|json-lines)/;
const json = "application/json; charset=utf-8";

/** Messages come in, one by one or many at a time. An answer of 2xx means that they are kept, on disk by default. */
export function registerProduce(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.post(path, {
    bodyLimit: messageLimits.messageBytesMax,
    config: {
      ...anyBytes,
      isKeyOfMessage: true,
      documentedKey: "The id of the message.",
    } as object,
    schema: {
      ...{ operationId: "message.produce", tags: ["message"] },
      summary: "Puts the body, whatever it is, into a station as a message.",
      description:
        "`Idempotency-Key` is the id of the message; `Oxbow-Header-<name>` goes along as its header `<name>`, as do `traceparent`, `tracestate`, `baggage` and a `Content-Type` that says something. `Oxbow-Parent: <station>/<partition>/<sequence>` says what it is derived from.",
      params: station,
      querystring: produceQuery,
      response: { 201: acknowledgement, ...problems },
    },
    handler: async (request, reply) => {
      const payload = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
      const options = produceOptionsOf(request.query as ProduceQuery, request.raw);
      const target = callerOf(request).client.station(nameOf(request), { codec: "bytes" });
      // Sent by being returned: of an answer that is returned itself, it would be waited for until all of it is sent.
      reply.code(201);
      return target.produce(payload, options);
    },
  });
  app.post(`${path}/batch`, {
    bodyLimit: messageLimits.batchBytesMax,
    config: { documentedBody: { shape: batchShape, types: ["application/json"] } } as object,
    schema: {
      ...{ operationId: "message.produceBatch", tags: ["message"] },
      summary:
        "Puts many messages into a station: a list in JSON, or with application/x-ndjson one in each line.",
      description:
        "201 if all are stored, 207 if some are not: `results` says which, in order. `traceparent` and `tracestate` of the request go along with messages that name no trace in their headers.",
      params: station,
      response: { 201: batchReport, 207: batchReport, ...problems },
    },
    handler: async (request, reply) => {
      const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
      const isLines = lines.test(request.headers["content-type"] ?? "");
      const { payloads, options } = isLines ? messagesOfLines(body) : messagesOfJson(body);
      const { client } = callerOf(request);
      const outcome = await client.produceBatch(
        nameOf(request),
        payloads,
        options,
        traceOf(request),
      );
      const status = outcome.errors.size === 0 ? 201 : 207;
      reply.code(status).type(json);
      return batchReportText(outcome, options && ((index) => options[index]?.messageId));
    },
  });
}

/** Where the messages of a batch belong in a trace; those that say so themselves stay there. */
function traceOf({ headers }: FastifyRequest): TraceContext | undefined {
  return contextIn((name) => [headers[name]].flat()[0]);
}

function nameOf({ params }: FastifyRequest): string {
  return (params as { readonly station: string }).station;
}
