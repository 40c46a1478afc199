import type { Engine } from "../engine.ts";

/** What to look at. */
export interface HealthzOptions {
  /** Only whether JetStream is there; only whether clients can come. */
  readonly isJetStreamOnly: boolean;
  readonly isServerOnly: boolean;
  /** Only these; empty is everything. */
  readonly account: string;
  readonly stream: string;
  readonly consumer: string;
  /** Whether to tell all that is wrong, as a list. */
  readonly hasDetails: boolean;
}

/** How a server is, with the fields of nats-server's `/healthz`. */
export interface Health {
  /** As HTTP has it: 200, 400, 404, 500 or 503. */
  readonly code: number;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Problem {
  readonly code: number;
  readonly status: "error" | "unavailable";
  readonly error: Readonly<Record<string, string>> & { readonly error: string };
}

/** Looks whether a server can do its work. */
export function healthz(engine: Engine, options: HealthzOptions): Health {
  const problem = problemOf(engine, options);
  if (problem === undefined) return { code: 200, body: { status: "ok" } };
  const { code, status, error } = problem;
  const body = options.hasDetails
    ? { status: "error", errors: [error] }
    : { status, error: error.error };
  return { code, body };
}

function problemOf(engine: Engine, options: HealthzOptions): Problem | undefined {
  const { account, stream, consumer } = options;
  if (account === "" && stream !== "") return badRequest("account", "stream");
  if (stream === "" && consumer !== "") return badRequest("stream", "consumer");
  if (engine.isLameDuck) {
    const error = { type: "CONNECTION", error: "server is shutting down" };
    return { code: 500, status: "error", error };
  }
  if (options.isServerOnly || !engine.options.jetstream.enabled) return undefined;
  const { storeFailure } = engine;
  if (storeFailure !== undefined) {
    const error = `JetStream stores nothing any more: ${storeFailure.message}`;
    return { code: 503, status: "unavailable", error: { type: "JETSTREAM", error } };
  }
  return options.isJetStreamOnly ? undefined : missing(engine, options);
}

/** What was asked for by name and is not there. */
function missing(engine: Engine, options: HealthzOptions): Problem | undefined {
  const { account, stream, consumer } = options;
  if (account === "") return undefined;
  const jetstream = engine.jetstreams.find(({ services }) => services.account.name === account);
  // As in nats-server, an account is there once it has stored something.
  if (jetstream === undefined || jetstream.streams.size === 0) {
    const error = `JetStream account "${account}" not found`;
    return notFound({ type: "ACCOUNT", account, error });
  }
  if (stream === "") return undefined;
  const found = jetstream.stream(stream);
  if (found === undefined) {
    const error = `JetStream stream "${stream}" not found on account "${account}"`;
    return notFound({ type: "STREAM", account, stream, error });
  }
  if (consumer === "" || found.consumers.has(consumer)) return undefined;
  const error = `JetStream consumer "${consumer}" not found for stream "${stream}" on account "${account}"`;
  return notFound({ type: "CONSUMER", account, stream, consumer, error });
}

function badRequest(needed: string, checked: string): Problem {
  const error = `"${needed}" must not be empty when checking ${checked} health`;
  return { code: 400, status: "error", error: { type: "BAD_REQUEST", error } };
}

function notFound(error: Problem["error"]): Problem {
  return { code: 404, status: "unavailable", error };
}
