import { type JsApiError, jsError } from "../config/errors.ts";
import type { IngestContext } from "./ingest-context.ts";

/** Why the stream takes nothing at all at present. */
export function stateProblem({ store, config }: IngestContext): JsApiError | undefined {
  if (config.sealed) return jsError(10109);
  if (config.storage === "file" && store.failure !== undefined) {
    return jsError(10077, { err: "writing to disk failed, restart the server" });
  }
  return undefined;
}
