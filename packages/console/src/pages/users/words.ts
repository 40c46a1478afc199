import type { Role } from "oxbow/control";

/** What somebody is, for people. */
export const kindWords: Readonly<Record<Role | "application", { title: string; text: string }>> = {
  application: {
    title: "Application",
    text: "A program: sends to and takes from the stations below, and manages nothing.",
  },
  viewer: { title: "Viewer", text: "Looks at stations and messages, and changes nothing." },
  operator: {
    title: "Operator",
    text: "Also sends, takes and removes messages, creates and changes stations, groups and schemas.",
  },
  admin: {
    title: "Admin",
    text: "Also deletes stations, manages users that may no more than itself, and reads the audit.",
  },
  owner: {
    title: "Owner",
    text: "May everything, everywhere, tenants too. Patterns do not bind it.",
  },
};

export type Kind = keyof typeof kindWords;

export function kindOf(role: Role | null): Kind {
  return role ?? "application";
}

export function roleOf(kind: Kind): Role | null {
  return kind === "application" ? null : kind;
}
