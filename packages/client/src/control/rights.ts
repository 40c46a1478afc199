import type { Role } from "./types/user.ts";

/** From the least to the most. */
export const roles: readonly Role[] = ["viewer", "operator", "admin", "owner"];

/** What may be done. */
export type Right =
  | "ask"
  | "see"
  | "publish"
  | "consume"
  | "look"
  | "export"
  | "readDeadLetters"
  | "resend"
  | "purge"
  | "create"
  | "edit"
  | "manageGroups"
  | "delete"
  | "manageSchemas"
  | "seeNotifications"
  | "seeTotals"
  | "admin"
  | "own";

/** Who has a right, and for which stations. */
export interface RightTerms {
  /** What a user must be let at: stations that it may read, write, or one of both; `none` if it is about no station. */
  readonly stations: "none" | "read" | "write" | "either";
  /** The least role that has it; `null` for every user, applications too. */
  readonly from: Role | null;
  /** Whether an application, which has no role, has it; a viewer may have less than one. */
  readonly applications: boolean;
  /** What is done then, with the name of the station behind it where there is one. */
  readonly doing: string;
}

const all = { from: null, applications: true } as const;

export const rights: Readonly<Record<Right, RightTerms>> = {
  /** About nothing in particular. */
  ask: { stations: "none", ...all, doing: "ask" },
  /** Knowing that a station is there, and what it is. */
  see: { stations: "either", ...all, doing: "see" },
  publish: { stations: "write", from: "operator", applications: true, doing: "publish to" },
  /** Taking messages for a group, which others then do not get. */
  consume: { stations: "read", from: "operator", applications: true, doing: "consume from" },
  /** Looking at messages, which changes nothing. */
  look: { stations: "read", ...all, doing: "read messages of" },
  /** Taking messages away as a file; a user may be made without (`mayExport`). */
  export: {
    stations: "read",
    from: "operator",
    applications: false,
    doing: "export messages of",
  },
  readDeadLetters: { stations: "read", ...all, doing: "read dead letters of" },
  resend: {
    stations: "write",
    from: "operator",
    applications: false,
    doing: "resend dead letters of",
  },
  purge: { stations: "write", from: "operator", applications: false, doing: "remove messages of" },
  create: { stations: "write", from: "operator", applications: false, doing: "create" },
  edit: { stations: "write", from: "operator", applications: false, doing: "change" },
  /** Changing, rewinding and deleting groups, of others too. */
  manageGroups: {
    stations: "read",
    from: "operator",
    applications: false,
    doing: "change groups of",
  },
  delete: { stations: "write", from: "admin", applications: false, doing: "delete" },
  manageSchemas: {
    stations: "none",
    from: "operator",
    applications: false,
    doing: "change schemas",
  },
  /** Channels without their secrets, rules, and what was sent. Who makes them is an admin of all stations. */
  seeNotifications: {
    stations: "none",
    from: "viewer",
    applications: false,
    doing: "see notifications",
  },
  /** How all stations together are, those included that it may not see. */
  seeTotals: {
    stations: "none",
    from: "viewer",
    applications: false,
    doing: "see how all stations together were",
  },
  /** Users, and the records of what was changed. */
  admin: { stations: "none", from: "admin", applications: false, doing: "manage users" },
  /** Tenants. */
  own: { stations: "none", from: "owner", applications: false, doing: "manage tenants" },
};

/** Whether who has a role, or is an application (`null`), has a right as far as that goes. */
export function roleHas(role: Role | null, right: Right): boolean {
  const { from, applications } = rights[right];
  if (role === null) return applications;
  return from === null || roles.indexOf(role) >= roles.indexOf(from);
}
