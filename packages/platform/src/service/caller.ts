import { type Caller, operationNames } from "oxbow/control";
import { rightOf } from "oxbow/internal";
import { type Access, everything, hasRight, rulesAll } from "../users/access.ts";
import { storageOperations } from "../users/storage-operations.ts";
import type { Call } from "./handler.ts";

/** Tells who asks, and what it may do. */
export async function describeCaller({ rooms, who }: Call<"platform.caller">): Promise<Caller> {
  const accounts = rooms.accountsIfAny();
  // Permissions of the server decide there, and nothing of them is known here.
  if (accounts === undefined || who === null) return callerOf(null, null, everything);
  return accounts.describe(who);
}

export function callerOf(user: string | null, tenant: string | null, access: Access): Caller {
  const { role, read, write } = access;
  const operations = operationNames.filter((operation) => {
    const right = rightOf(operation);
    return right === "everywhere" ? rulesAll(access) : hasRight(access, right);
  });
  return { user, tenant, role, read, write, operations, storage: storageOperations(access) };
}
