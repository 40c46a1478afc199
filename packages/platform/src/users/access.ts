import type { Role } from "oxbow/control";
import { type Right, rights, roleHas } from "oxbow/internal";
import { isStationOf } from "./station-pattern.ts";

/** What a user may do: an application only sends and takes messages; who manages has a role. */
export interface Access {
  /** `null` for an application. */
  readonly role: Role | null;
  /** Patterns of stations whose messages it may read: `prod.*`. */
  readonly read: readonly string[];
  /** Patterns of stations that it may write to, and change as far as its role goes. */
  readonly write: readonly string[];
  /** Whether it may take messages away as a file, as far as its role goes; left out, it may. An owner always may. */
  readonly mayExport?: boolean | undefined;
}

/** What somebody may do whom the configuration lets in, or everybody on an open server. */
export const everything: Access = { role: "owner", read: ["*"], write: ["*"] };

/** Whether it has a right as far as its role goes. */
export function hasRight({ role, mayExport }: Access, right: Right): boolean {
  if (right === "export" && mayExport === false && role !== "owner") return false;
  return roleHas(role, right);
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
  const { role, read, write } = access;
  if (role === "owner") return true;
  return hasRight(access, "admin") && read.includes("*") && write.includes("*");
}

/** Whether it may see all stations, so that it may see all that JetStream lists. */
export function seesAll(access: Access): boolean {
  return access.role === "owner" || (patternsFor(access, "see") ?? []).includes("*");
}
