import type { FastifyInstance, FastifyRequest } from "fastify";
import { contextIn, type Span, type Tracing } from "oxbow/internal";

/** What is asked all the time, by machines, and tells nobody anything. */
const untraced: ReadonlySet<string> = new Set(["/health/live", "/health/ready", "/metrics"]);

/**
 * Has a span for each request, which goes on in the trace that the request names, and of which all is part that the request
 * brings about. It says which route was asked for, and nothing of what stood in its place: there are secrets in paths. To
 * be called before anything else is added to `app`.
 */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  const spans: WeakMap<FastifyRequest, Span> = new WeakMap();
  app.addHook("onRequest", (request, reply, done) => {
    const route = request.routeOptions.url;
    if (route !== undefined && untraced.has(route)) {
      done();
      return;
    }
    const span = beginRequest(tracing, request, route);
    spans.set(request, span);
    reply.raw.once("close", () => {
      const { statusCode: status } = reply.raw;
      span.set({ "http.response.status_code": status });
      span.end(status >= 500 ? String(status) : undefined);
    });
    done();
  });
  // What reads bodies goes on elsewhere, so that the handler is told anew.
  app.addHook("preHandler", (request, _reply, done) => {
    const span = spans.get(request);
    if (span === undefined) done();
    else span.within(done);
  });
}

function beginRequest(
  tracing: Tracing,
  { method, protocol, headers }: FastifyRequest,
  route: string | undefined,
): Span {
  return tracing.begin({
    name: route === undefined ? method : `${method} ${route}`,
    kind: "server",
    attributes: {
      "http.request.method": method,
      "http.route": route,
      "url.scheme": protocol,
    },
    parent: contextIn((name) => [headers[name]].flat()[0]),
  });
}
