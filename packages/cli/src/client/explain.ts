import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import { explainDenial } from "oxbow/control";
import { CommandFailure, UsageError } from "../failures.ts";

/** What failed, as one line that says what to do about it. Usage errors and failures pass through. */
export function explainClientFailure(error: unknown, address: string): Error {
  if (error instanceof UsageError || error instanceof CommandFailure) return error;
  if (!(error instanceof Error)) return new CommandFailure(String(error));
  const text = explain(error, address) ?? explainCause(error, address);
  return text === undefined ? error : new CommandFailure(text, { cause: error });
}

function explainCause(error: Error, address: string): string | undefined {
  return error.cause instanceof Error
    ? (explain(error.cause, address) ?? explainCause(error.cause, address))
    : undefined;
}

function explain(error: Error, address: string): string | undefined {
  const code = (error as NodeJS.ErrnoException).code;
  // What could not be reached, and why, is in its cause.
  if (error.name === "OxbowError" && code !== "CONNECT_FAILED") return error.message;
  if (code === "ECONNREFUSED" || /connection refused/i.test(error.message)) {
    return `no server at ${address}: start one with "oxbow start", or write --server nats://HOST:PORT`;
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return `the name in ${address} is not known: check --server nats://HOST:PORT`;
  }
  if (/^(?:UNABLE_TO_(?:VERIFY|GET)|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS_)/.test(code ?? "")) {
    return `${address} has a certificate that is not trusted (${error.message}): write --tls-ca FILE with what it is signed by`;
  }
  if (error instanceof errors.AuthorizationError) {
    return `${address} did not accept the credentials: write --user and --password, or --token, or use another --context`;
  }
  if (error instanceof errors.PermissionViolationError) {
    return explainDenial(error.operation, error.subject);
  }
  if (error.name === "JetStreamNotEnabled" || isNoJetStream(error)) {
    return `${address} serves no streams (JetStream is off): use another --server, or nats-server with -js`;
  }
  if (error instanceof JetStreamApiError) {
    return `${address} refused: ${error.message} (${error.code})`;
  }
  if (error instanceof errors.TimeoutError) {
    return `no answer from ${address} in time: check that it is up, or write a longer --timeout`;
  }
  if (error instanceof errors.ConnectionError || error instanceof errors.ClosedConnectionError) {
    return `the connection to ${address} was lost: check that the server is up and run this again`;
  }
  return undefined;
}

function isNoJetStream(error: Error): boolean {
  return error instanceof errors.NoRespondersError && error.subject.startsWith("$JS.API.");
}
