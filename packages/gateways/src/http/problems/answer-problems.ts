import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Clock, Logger, OxbowError } from "@oxbow/base";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { protect } from "../access/protect.ts";
import type { PlacedProblem } from "../contract/index.ts";
import { httpError } from "../errors.ts";
import { DenialLog } from "./denial-log.ts";
import { explained } from "./explained.ts";
import { pathOf } from "./path-of.ts";
import { problemOf } from "./problem.ts";

/** Media type of a problem, as of RFC 9457. */
const problemType = "application/problem+json; charset=utf-8";

/**
 * Has whatever is thrown answered as a problem, and what is found nowhere as well.
 *
 * @param page - Answers somebody who goes to a path outside of the API with a browser.
 */
export function answerProblems(
  app: FastifyInstance,
  { logger, clock }: { readonly logger: Logger; readonly clock: Clock },
  page?: (reply: FastifyReply) => FastifyReply,
): void {
  const denials = new DenialLog(clock, logger);
  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    const { error, fields } = explained(thrown);
    denials.tell(request, error);
    if (error.kind === "internal") {
      const { method, url } = request;
      logger.error({ method, path: pathOf(url), error: thrown.stack }, "an HTTP request failed");
    }
    return sendProblem(reply, error, fields);
  });
  app.setNotFoundHandler((request, reply) => {
    const isPage = request.method === "GET" && !/^\/api(?:\/|$)/.test(pathOf(request.url));
    if (page !== undefined && isPage) return page(reply);
    return sendProblem(reply, notFound(app, request));
  });
}

/** Answers what Fastify refuses before it knows of any route, such as a path that can't be decoded. */
export function answerUnreadable(
  thrown: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  protect(reply);
  const path = httpError(
    "HTTP_REQUEST_INVALID",
    "the path is not right: % stands before two hex digits",
    {
      cause: thrown,
    },
  );
  void sendProblem(reply, thrown.code === "FST_ERR_BAD_URL" ? path : explained(thrown).error);
}

/** Answers what is no HTTP, or not as much of it as is taken, and hangs up: what comes next can't be told apart. */
export function answerNonsense(thrown: NodeJS.ErrnoException, socket: Socket): void {
  if (thrown.code === "ECONNRESET" || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, text } = nonsense[thrown.code ?? ""] ?? other;
  const { title, ...problem } = {
    ...problemOf(httpError("HTTP_REQUEST_INVALID", text, { cause: thrown })),
    title: STATUS_CODES[status] ?? "Error",
    status,
  };
  const body = JSON.stringify({ title, ...problem });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `Content-Type: ${problemType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    "X-Content-Type-Options: nosniff",
    "Cache-Control: no-store",
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

const nonsense: Readonly<Record<string, { readonly status: number; readonly text: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, text: "the request did not come whole in time" },
  HPE_HEADER_OVERFLOW: { status: 431, text: "the headers are larger than is taken" },
};
const other = { status: 400, text: "that is no HTTP/1.1 request: there is nothing else here" };

/** Answers with a problem. */
function sendProblem(
  reply: FastifyReply,
  error: OxbowError,
  fields?: readonly PlacedProblem[],
): FastifyReply {
  const problem = problemOf(error, fields);
  if (problem.status === 401) void reply.header("WWW-Authenticate", 'Bearer realm="oxbow"');
  if (problem.status === 429) void reply.header("Retry-After", "1");
  return reply.code(problem.status).type(problemType).send(JSON.stringify(problem));
}

function notFound(app: FastifyInstance, { method, url }: FastifyRequest): OxbowError {
  const path = pathOf(url);
  const others = (["GET", "PUT", "POST", "PATCH", "DELETE"] as const).filter(
    (each) => each !== method && app.findRoute({ method: each, url: path }) !== null,
  );
  if (others.length > 0) {
    return httpError(
      "HTTP_METHOD",
      `${path} is not asked for by ${method}: use ${others.join(", ")}`,
    );
  }
  return httpError(
    "PATH_NOT_FOUND",
    `there is nothing at ${path}: /api/docs shows what there is, and /api/openapi.json has it for programs`,
  );
}
