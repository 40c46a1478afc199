import {
  IconApi,
  IconBell,
  IconBuilding,
  IconDatabase,
  IconFileDescription,
  IconGauge,
  IconHistory,
  IconServer2,
  IconSitemap,
  IconStack2,
  IconUsers,
} from "@tabler/icons-react";

/** The pages that the navigation and the palette lead to, each under a heading, in their order. */
export const places = [
  {
    heading: "Data",
    pages: [
      { to: "/", label: "Overview", icon: IconGauge, key: "o" },
      { to: "/stations", label: "Stations", icon: IconStack2, key: "s" },
      { to: "/lineage", label: "Lineage", icon: IconSitemap, key: "l" },
      { to: "/schemas", label: "Schemas", icon: IconFileDescription, key: "m" },
      { to: "/storage", label: "Storage", icon: IconDatabase, key: "k" },
    ],
  },
  {
    heading: "Access",
    pages: [
      { to: "/users", label: "Users", icon: IconUsers, key: "u" },
      { to: "/tenants", label: "Tenants", icon: IconBuilding, key: "t" },
    ],
  },
  {
    heading: "Watch",
    pages: [
      { to: "/notifications", label: "Notifications", icon: IconBell, key: "n" },
      { to: "/audit", label: "Audit", icon: IconHistory, key: "a" },
    ],
  },
  {
    heading: "Server",
    pages: [
      { to: "/system", label: "System", icon: IconServer2, key: "y" },
      { to: "/api/docs", label: "HTTP API", icon: IconApi, key: "h" },
    ],
  },
] as const;
