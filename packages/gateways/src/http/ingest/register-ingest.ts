import type { IncomingMessage } from "node:http";
import type { Clock } from "@oxbow/base";
import { type IngestDocument, isUrlOf, readIngestToken, secretsOf } from "@oxbow/platform";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { apiError } from "oxbow/control";
import { httpError } from "../errors.ts";
import { challengeIn, deliveryOf } from "./delivery.ts";
import type { IngestTenant, IngestTenants } from "./ingest-tenants.ts";
import { ingestRequestLimits } from "./limits.ts";
import { readBody } from "./read-body.ts";
import { faultIn } from "./verify.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Senders of webhooks ask here, which are no browsers: it is the URL, and a signature, that lets them in. */
    readonly isIngest?: true;
  }
}

/** Whose URL it is that a request has come to. */
interface Place {
  readonly tenant: IngestTenant;
  readonly document: IngestDocument;
}

const places: WeakMap<FastifyRequest, Place> = new WeakMap();

/**
 * Takes webhooks: what comes to an ingest URL is verified as it came, and then a message of its station. 2xx means that it
 * is kept, on disk by default. What the URL is, is asked before anything of the body is read.
 */
export function registerIngest(app: FastifyInstance, tenants: IngestTenants, clock: Clock): void {
  let underWay = 0;
  const { requestsMax, bodyBytesMax } = ingestRequestLimits;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request: FastifyRequest, stream: IncomingMessage) => {
    const { max_payload: payloadMax = bodyBytesMax } =
      placeOf(request).tenant.connection.info ?? {};
    return readBody(stream, Math.min(payloadMax, bodyBytesMax));
  });
  app.post("/in/:token", {
    bodyLimit: bodyBytesMax,
    config: { isIngest: true },
    schema: { hide: true } as never,
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      if (underWay >= requestsMax) {
        throw apiError("API_BUSY", "there are too many webhooks at a time: send it again");
      }
      underWay += 1;
      reply.raw.once("close", () => {
        underWay -= 1;
      });
      places.set(request, await find(tenants, tokenOf(request), clock));
    },
    handler: async (request, reply) => take(placeOf(request), request, reply, clock),
  });
}

/** @throws OxbowError `INGEST_URL_UNKNOWN`, whatever is wrong with the URL */
async function find(tenants: IngestTenants, text: string, clock: Clock): Promise<Place> {
  const token = readIngestToken(text);
  const tenant = token && (await tenants.of(token.tenant));
  const document = token && (await tenant?.find(token.id));
  if (token !== undefined && tenant !== undefined && document !== undefined) {
    if (isUrlOf(document, token, clock.nowMs())) return { tenant, document };
  }
  const message = "there is no such ingest URL, or not any more: make one with oxbow ingest create";
  throw httpError("INGEST_URL_UNKNOWN", message);
}

async function take(
  { tenant, document }: Place,
  request: FastifyRequest,
  reply: FastifyReply,
  clock: Clock,
): Promise<FastifyReply> {
  const { headers } = request;
  const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
  const { verify, isPaused, station } = document;
  const nowMs = clock.nowMs();
  const fault = faultIn({ headers, body }, verify, secretsOf(document, nowMs), nowMs);
  if (fault !== undefined) throw httpError("INGEST_DENIED", fault);
  const challenge = challengeIn(verify, body);
  if (challenge !== undefined) {
    return reply.type("text/plain; charset=utf-8").send(challenge);
  }
  if (isPaused) {
    throw httpError("INGEST_PAUSED", "this ingest URL is paused: send it again later");
  }
  const { messageId, headers: carried } = deliveryOf(document, headers, body);
  const stored = await tenant.client
    .station(station, { codec: "bytes" })
    .produce(body, { headers: carried, ...(messageId !== undefined && { messageId }) });
  // Slack shows what it is answered to the person who has sent a command.
  if (verify.kind === "slack") return reply.send();
  return reply.send({ messageId: stored.messageId, isDuplicate: stored.isDuplicate });
}

function placeOf(request: FastifyRequest): Place {
  return places.get(request) as Place;
}

function tokenOf({ params }: FastifyRequest): string {
  return (params as { readonly token: string }).token;
}
