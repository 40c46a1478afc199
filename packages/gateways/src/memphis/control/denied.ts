import { OxbowError } from "@oxbow/base";
import { explainDenial } from "oxbow/control";

/** What a server has refused to a user, as its client says it. */
interface Violation extends Error {
  readonly operation: "publish" | "subscription";
  readonly subject: string;
}

/** Why a user may not do something, in words; `undefined` if it has failed for another reason. */
export function denialOf(error: unknown, user: string): string | undefined {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    if (each instanceof OxbowError && each.code === "ACCESS_DENIED") return each.message;
    if (each.name !== "PermissionViolationError") continue;
    const { operation, subject } = each as Violation;
    return explainDenial(operation, subject, user === "" ? undefined : user);
  }
  return undefined;
}

/** Whether something has failed since a user may not do it. */
export function isDenied(error: unknown): boolean {
  return denialOf(error, "") !== undefined;
}
