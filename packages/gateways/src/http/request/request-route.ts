import { errors, headers, type Msg, type MsgHdrs, type NatsConnection } from "@nats-io/nats-core";
import { causeOf } from "@oxbow/base";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { callerOf } from "../access/request-caller.ts";
import { apiPath } from "../api/api-path.ts";
import { anyBytes } from "../api/open-api.ts";
import { problems } from "../api/shapes/problem.ts";
import { httpError } from "../errors.ts";
import { produceOptionsOf } from "../messages/produce-request.ts";
import { asForeignBytes, passHeadersOn } from "../raw-body.ts";

/** What a request may ask for. */
const requestLimits: {
  /** Bytes of a request; what the server takes may be less. */
  readonly bodyBytesMax: number;
  readonly timeoutMsDefault: number;
  readonly timeoutMsMax: number;
} = { bodyBytesMax: 64 * 1024 * 1024, timeoutMsDefault: 5_000, timeoutMsMax: 60_000 };

const requestQuery = z.strictObject({
  timeoutMs: z.coerce
    .number<string>()
    .int()
    .min(1)
    .max(requestLimits.timeoutMsMax)
    .default(requestLimits.timeoutMsDefault)
    .describe("How long an answer may take."),
});

/** Requests to whoever answers on a subject: services of any NATS client. */
export function registerRequests(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.post(`${apiPath}/requests/:subject`, {
    bodyLimit: requestLimits.bodyBytesMax,
    config: anyBytes as object,
    schema: {
      ...{ operationId: "request.send", tags: ["request"] },
      summary: "Sends the body to whoever answers on a subject, and gives the answer.",
      description:
        "Headers go along as those of a message do, and come back as `Oxbow-Header-<name>`. 503 if nobody is there to answer, 504 if nobody has in time.",
      params: z.object({ subject: z.string().min(1).max(512) }),
      querystring: requestQuery,
      produces: ["application/octet-stream"],
      response: problems,
    } as object,
    handler: async (request, reply) => {
      const { subject } = request.params as { readonly subject: string };
      const { timeoutMs } = request.query as z.infer<typeof requestQuery>;
      checkSubject(subject);
      const { connection } = callerOf(request);
      const payload = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
      checkSize(connection, payload.length);
      const answer = await ask(connection, subject, payload, headersOf(request), timeoutMs);
      return sendAnswer(reply, answer);
    },
  });
}

async function ask(
  connection: NatsConnection,
  subject: string,
  payload: Buffer,
  given: MsgHdrs | undefined,
  timeout: number,
): Promise<Msg> {
  const options = { timeout, ...(given !== undefined && { headers: given }) };
  try {
    return await connection.request(subject, payload, options);
  } catch (error) {
    const cause = { cause: error };
    if (causeOf(error, errors.NoRespondersError) !== undefined) {
      const text = `nobody answers on ${subject}: start what does, or look at the subject`;
      throw httpError("NO_RESPONDERS", text, cause);
    }
    if (causeOf(error, errors.TimeoutError) !== undefined) {
      const text = `nobody has answered on ${subject} in ${timeout} ms: try again, or allow more with timeoutMs`;
      throw httpError("ANSWER_TIMEOUT", text, cause);
    }
    throw error;
  }
}

function sendAnswer(reply: FastifyReply, answer: Msg): FastifyReply {
  const found = answer.headers;
  asForeignBytes(reply, found?.get("Content-Type") || undefined);
  const names = found?.keys() ?? [];
  passHeadersOn(
    reply,
    names.map((name) => [name, found?.values(name) ?? []] as const),
  );
  return reply.send(Buffer.from(answer.data));
}

function headersOf(request: FastifyRequest): MsgHdrs | undefined {
  const given = produceOptionsOf({}, request.raw).headers;
  if (given === undefined) return undefined;
  const result = headers();
  for (const [name, values] of Object.entries(given)) {
    for (const value of typeof values === "string" ? [values] : values) result.append(name, value);
  }
  return result;
}

function checkSubject(subject: string): void {
  if (/^[^\s.*>]+(?:\.[^\s.*>]+)*$/.test(subject)) return;
  const message = `${JSON.stringify(subject.slice(0, 40))} is no subject to ask on: tokens with dots between them, without spaces, * and >`;
  throw httpError("HTTP_REQUEST_INVALID", message);
}

function checkSize({ info }: NatsConnection, bytes: number): void {
  const most = info?.max_payload;
  if (most === undefined || bytes <= most) return;
  throw httpError("VALUE_TOO_LARGE", `the body has ${bytes} bytes, and the server takes ${most}`);
}
