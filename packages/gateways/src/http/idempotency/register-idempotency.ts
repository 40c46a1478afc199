import { createHash } from "node:crypto";
import type { Clock } from "@oxbow/base";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { callerOf } from "../access/request-caller.ts";
import { httpError } from "../errors.ts";
import { Answers } from "./answers.ts";
import { answerLimits } from "./limits.ts";

interface Begun {
  readonly key: string;
  readonly fingerprint: string;
}

/** Of a route whose key is that of a message, which the station itself knows again. */
export interface KeyConfig {
  readonly isKeyOfMessage?: boolean;
}

/**
 * Has a request that changes something, and carries `Idempotency-Key`, done once, for all routes that are added to `app`
 * (draft-ietf-httpapi-idempotency-key-header). To be registered after who asks is found out.
 */
export function registerIdempotency(app: FastifyInstance, clock: Clock): void {
  const answers = new Answers(clock, answerLimits);
  const begun: WeakMap<FastifyRequest, Begun> = new WeakMap();
  app.addHook("preHandler", (request, reply, done) => {
    const given = keyOf(request);
    if (given === undefined) {
      done();
      return;
    }
    const key = digest([callerOf(request).identity, given]);
    const fingerprint = fingerprintOf(request);
    const before = answers.begin(key, fingerprint);
    if (before === undefined) {
      begun.set(request, { key, fingerprint });
      done();
      return;
    }
    reply.header("Idempotency-Replayed", "true");
    void reply.code(before.status).type(before.type).send(before.body);
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    const mine = begun.get(request);
    if (mine === undefined) {
      done();
      return;
    }
    begun.delete(request);
    const { key, fingerprint } = mine;
    const { statusCode: status } = reply;
    const isDone = status < 300 && typeof payload === "string";
    if (!isDone) answers.forget(key);
    else {
      const type = String(reply.getHeader("content-type") ?? "application/json; charset=utf-8");
      answers.keep(key, fingerprint, { status, type, body: payload });
    }
    done();
  });
}

/** @throws OxbowError `IDEMPOTENCY_KEY_INVALID` */
function keyOf(request: FastifyRequest): string | undefined {
  const { isKeyOfMessage = false } = request.routeOptions.config as KeyConfig;
  const given = request.headers["idempotency-key"];
  if (given === undefined || request.method === "GET" || isKeyOfMessage) return undefined;
  // The draft has it quoted; most programs write it as it is.
  const [, quoted] = /^"([^"]*)"$/.exec(String(given)) ?? [];
  const key = quoted ?? String(given);
  if (/^[!-~]{1,255}$/.test(key)) return key;
  const message = "an Idempotency-Key is 1 to 255 printable ASCII characters, such as a UUID";
  throw httpError("IDEMPOTENCY_KEY_INVALID", message);
}

/** What the request asks for, as far as it matters. */
function fingerprintOf({ method, url, body }: FastifyRequest): string {
  const content = Buffer.isBuffer(body) ? body : JSON.stringify(body ?? null);
  const hash = createHash("sha256").update(`${method} ${url}\n`);
  return hash.update(content).digest("base64");
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64");
}
