import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Caller } from "./caller.ts";
import type { DoorKeeper } from "./door-keeper.ts";

const callers: WeakMap<FastifyRequest, Caller> = new WeakMap();

/** Has it found out who asks before anything of the body is read, for all routes that are added to `app`. */
export function identifyCallers(app: FastifyInstance, keeper: DoorKeeper): void {
  app.addHook("onRequest", (request, reply, done) => {
    const enter = (caller: Caller): void => {
      callers.set(request, caller);
      reply.raw.once("close", caller.begin());
      done();
    };
    const found = keeper.identify(request);
    // Mostly it is known at once.
    if (found instanceof Promise) found.then(enter, done);
    else enter(found);
  });
}

/** Who asks, where {@link identifyCallers} has found that out. */
export function callerOf(request: FastifyRequest): Caller {
  return callers.get(request) as Caller;
}
