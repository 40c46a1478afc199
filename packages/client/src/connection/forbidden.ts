import { PermissionViolationError } from "@nats-io/nats-core";
import { causeOf } from "@oxbow/base";
import { explainDenial } from "../control/denials.ts";
import { clientError } from "../errors.ts";

/** What a server has refused to this user, if that is why something failed. The client wraps what it throws for a request. */
export function violationIn(error: unknown): PermissionViolationError | undefined {
  return causeOf(error, PermissionViolationError);
}

/** Whether what was asked for may not be asked by this user. */
export function isForbidden(error: unknown): boolean {
  return violationIn(error) !== undefined;
}

/** Says in words of stations what a server has refused; what else has gone wrong stays as it is. */
export function permissionDenied(error: Error): Error {
  const found = violationIn(error);
  if (found === undefined) return error;
  const { operation, subject } = found;
  return clientError("PERMISSION_DENIED", explainDenial(operation, subject), { cause: error });
}
