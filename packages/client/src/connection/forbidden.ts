import { PermissionViolationError } from "@nats-io/nats-core";

/** Whether what was asked for may not be asked by this user. */
export function isForbidden(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof PermissionViolationError || isForbidden(error.cause);
}
