import type { Role } from "oxbow/control";
import { isStationOf } from "./station-pattern.ts";

/** From the least to the most. */
export const roles: readonly Role[] = ["viewer", "operator", "admin", "owner"];

/** What a user may do: an application only sends and takes messages; who manages has a role. */
export interface Access {
  /** `null` for an application. */
  readonly role: Role | null;
  /** Patterns of stations whose messages it may read: `prod.*`. */
  readonly read: readonly string[];
  /** Patterns of stations that it may write to, and change as far as its role goes. */
  readonly write: readonly string[];
}

/** What may be done. */
export type Right =
  | "ask"
  | "see"
  | "publish"
  | "consume"
  | "look"
  | "readDeadLetters"
  | "resend"
  | "purge"
  | "create"
  | "edit"
  | "manageGroups"
  | "delete"
  | "manageSchemas"
  | "admin"
  | "own";

/** Who has a right (`application` is one without a role), and for which stations. */
interface RightTerms {
  readonly stations: "none" | "read" | "write" | "either";
  readonly roles: string;
}

const rights: Readonly<Record<Right, RightTerms>> = {
  /** About nothing in particular. */
  ask: { stations: "none", roles: "all" },
  /** Knowing that a station is there, and what it is. */
  see: { stations: "either", roles: "all" },
  publish: { stations: "write", roles: "application operator admin owner" },
  /** Taking messages for a group, which others then do not get. */
  consume: { stations: "read", roles: "application operator admin owner" },
  /** Looking at messages, which changes nothing. */
  look: { stations: "read", roles: "all" },
  readDeadLetters: { stations: "read", roles: "all" },
  resend: { stations: "write", roles: "operator admin owner" },
  purge: { stations: "write", roles: "operator admin owner" },
  create: { stations: "write", roles: "operator admin owner" },
  edit: { stations: "write", roles: "operator admin owner" },
  /** Changing, rewinding and deleting groups, of others too. */
  manageGroups: { stations: "read", roles: "operator admin owner" },
  delete: { stations: "write", roles: "admin owner" },
  manageSchemas: { stations: "none", roles: "operator admin owner" },
  /** Users, and the records of what was changed. */
  admin: { stations: "none", roles: "admin owner" },
  /** Tenants. */
  own: { stations: "none", roles: "owner" },
};

/** Whether it has a right as far as its role goes. */
export function hasRight({ role }: Access, right: Right): boolean {
  const { roles: allowed } = rights[right];
  return allowed === "all" || allowed.split(" ").includes(role ?? "application");
}

/** The patterns of stations for which a right, once it is had, holds; `undefined` if it is about none. */
export function patternsFor({ read, write }: Access, right: Right): readonly string[] | undefined {
  switch (rights[right].stations) {
    case "none":
      return undefined;
    case "read":
      return read;
    case "write":
      return write;
    default:
      return [...new Set([...read, ...write])];
  }
}

/**
 * Whether something may be done.
 *
 * @param station - The station it is done to, if it is about one.
 */
export function isAllowed(access: Access, right: Right, station?: string): boolean {
  if (!hasRight(access, right)) return false;
  if (access.role === "owner") return true;
  const patterns = patternsFor(access, right);
  if (patterns === undefined) return true;
  return station !== undefined && patterns.some((pattern) => isStationOf(pattern, station));
}

/** Whether it is an admin of all stations. */
export function rulesAll(access: Access): boolean {
  const { read, write } = access;
  return hasRight(access, "admin") && read.includes("*") && write.includes("*");
}

/** Whether it is about all stations, to see, so that lists of them hide nothing. */
export function seesAll(access: Access): boolean {
  return access.role === "owner" || (patternsFor(access, "see") ?? []).includes("*");
}
