import type { Role } from "oxbow/control";

/** What is done with the station `prod.orders`, `delete` with `prod.doomed`; `admin` is to see the users. */
export type Deed =
  | "publish"
  | "consume"
  | "read dead letters"
  | "resend"
  | "purge"
  | "edit"
  | "delete"
  | "admin";

export const deeds: readonly Deed[] = [
  "publish",
  "consume",
  "read dead letters",
  "resend",
  "purge",
  "edit",
  "delete",
  "admin",
];

export type DoorName = "NATS" | "SDK" | "command line" | "Memphis";

/** What each may do, written by hand, where it is let at the station. */
const may: Readonly<Record<Role | "application", readonly Deed[]>> = {
  application: ["publish", "consume", "read dead letters"],
  viewer: ["read dead letters"],
  operator: ["publish", "consume", "read dead letters", "resend", "purge", "edit"],
  admin: deeds,
  owner: deeds,
};

export const kinds: readonly (keyof typeof may)[] = [
  "application",
  "viewer",
  "operator",
  "admin",
  "owner",
];
export type Kind = (typeof kinds)[number];

/** What a door has nothing for, and why. */
export const notThere: Readonly<Partial<Record<DoorName, Partial<Record<Deed, string>>>>> = {
  Memphis: {
    "read dead letters": "its SDKs have no request for it; they only receive what is resent",
    resend: "in Memphis the web interface does it, which SDKs can't ask",
    purge: "its SDKs have no request for it",
    admin: "in Memphis the web interface does it, which SDKs can't ask",
  },
};

/** Whether it may, at the stations that it is let at (`here`), or at others. An owner is let at all; users are of none. */
export function isAllowed(kind: Kind, deed: Deed, isLetAt: boolean): boolean {
  if (!may[kind].includes(deed)) return false;
  return isLetAt || kind === "owner" || deed === "admin";
}
