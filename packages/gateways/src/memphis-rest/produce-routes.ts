import type { IncomingMessage } from "node:http";
import { OxbowError } from "@oxbow/base";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ProduceOptions } from "oxbow";
import { httpError } from "../http/errors.ts";
import { callerOf } from "./auth-routes.ts";
import { restLimits } from "./limits.ts";
import type { RestCaller, RestSessions } from "./rest-sessions.ts";

const path = "/stations/:station/produce";
/** Of one connection, or secret, or the server's own. */
const left =
  /^(?:authorization|proxy-.*|cookie|connection|keep-alive|transfer-encoding|te|trailer|upgrade|content-length|nats-.*|oxbow-.*|msg-id)$/;
const taken = /^(?:text\/[\w.+-]+|application\/(?:json|x-protobuf))$/;

/** Messages come in. Success means that they are stored, on disk by default. */
export function registerProduce(app: FastifyInstance, sessions: RestSessions): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  // Nobody's body is read who has not shown a token.
  const callers: WeakMap<FastifyRequest, RestCaller> = new WeakMap();
  const options = {
    bodyLimit: restLimits.bodyBytesMax,
    onRequest: async (request: FastifyRequest) => {
      callers.set(request, await callerOf(sessions, request));
    },
  };
  const produceAll = async (request: FastifyRequest, payloads: readonly Buffer[]) => {
    const caller = callers.get(request) as RestCaller;
    const { station } = request.params as { readonly station: string };
    const headers = headersOf(request.raw);
    const id = request.headers["msg-id"];
    const messageId = typeof id === "string" && payloads.length === 1 ? id : undefined;
    for (const payload of payloads) {
      await produce(caller, station.toLowerCase(), payload, {
        headers,
        ...(messageId !== undefined && { messageId }),
      });
    }
  };
  app.post(`${path}/single`, options, async (request) => {
    const [type = ""] = (request.headers["content-type"] ?? "").toLowerCase().split(";", 1);
    if (!taken.test(type.trim())) {
      const message = "Content-Type is text/*, application/json or application/x-protobuf";
      throw httpError("HTTP_REQUEST_INVALID", message);
    }
    await produceAll(request, [bodyOf(request)]);
    return { success: true, error: null };
  });
  app.post(`${path}/batch`, options, async (request, reply) => {
    try {
      await produceAll(request, readBatch(bodyOf(request)));
      return { success: true, error: null };
    } catch (error) {
      if (!(error instanceof OxbowError) || error.kind === "permission-denied") throw error;
      return reply.code(400).send({ success: false, error: [error.message] });
    }
  });
}

/** A station that is not there is made, as clients of Memphis are used to, if the user may make stations. */
async function produce(
  { client, control }: RestCaller,
  station: string,
  payload: Buffer,
  options: ProduceOptions,
): Promise<void> {
  const typed = client.station(station, { codec: "bytes" });
  try {
    await typed.produce(payload, options);
  } catch (error) {
    if (!(error instanceof OxbowError) || error.code !== "STATION_NOT_FOUND") throw error;
    await control.call("station.create", { station }, {});
    await typed.produce(payload, options);
  }
}

/** All of them go along, but those of the connection, secrets, and what is the server's. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || left.test(name)) continue;
    kept[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return kept;
}

/** @throws OxbowError `HTTP_REQUEST_INVALID` */
function readBatch(body: Buffer): Buffer[] {
  let given: unknown;
  try {
    given = JSON.parse(body.toString());
  } catch (error) {
    const message = `a batch is a list in JSON: ${(error as Error).message}`;
    throw httpError("HTTP_REQUEST_INVALID", message, { cause: error });
  }
  const { batchMessagesMax } = restLimits;
  if (Array.isArray(given) && given.length >= 1 && given.length <= batchMessagesMax) {
    return given.map((each) => Buffer.from(JSON.stringify(each)));
  }
  const message = `a batch is a list in JSON of 1 to ${batchMessagesMax} messages`;
  throw httpError("HTTP_REQUEST_INVALID", message);
}

function bodyOf({ body }: FastifyRequest): Buffer {
  return (body as Buffer | undefined) ?? Buffer.alloc(0);
}
