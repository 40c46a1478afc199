import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "@nats-io/nats-core";
import { causeOf, OxbowError } from "@oxbow/base";
import { apiError } from "oxbow/control";

/** What went wrong, as an answer may tell it. What is not known is a bug: its text is for the log. */
export function explainFailure(error: unknown): OxbowError {
  if (error instanceof OxbowError) return error;
  const options = { cause: error };
  if (error instanceof JetStreamApiError) {
    return apiError("API_REFUSED", `the server refuses: ${error.message} (${error.code})`, options);
  }
  if (
    causeOf(error, errors.TimeoutError, errors.ConnectionError, errors.ClosedConnectionError) !==
    undefined
  ) {
    const text = "the server did not answer the platform in time: try again";
    return apiError("API_UNAVAILABLE", text, options);
  }
  // The client has a class of its own for it which it does not export.
  const isWithout = error instanceof Error && error.name === "JetStreamNotEnabled";
  if (isWithout || causeOf(error, errors.NoRespondersError) !== undefined) {
    const text = "this account has no JetStream, which stations are made of: turn it on";
    return apiError("API_UNAVAILABLE", text, options);
  }
  if (causeOf(error, errors.PermissionViolationError) !== undefined) {
    const text = `the platform's own user may not do that: ${(error as Error).message}`;
    return apiError("API_UNAVAILABLE", text, options);
  }
  const text = "the platform failed; its log says why. Please report it";
  return apiError("API_INTERNAL", text, options);
}
