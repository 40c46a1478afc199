/**
 * The contract of the control API: what a platform answers on `$OXBOW.API.>`, and what a client asks. Both sides import it.
 */
export { type PlatformErrorCode, platformError } from "./platform-errors.ts";
