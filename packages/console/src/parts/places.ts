import { IconFileDescription, IconGauge, IconStack2 } from "@tabler/icons-react";

/** The pages that the navigation and the palette lead to, each under a heading, in their order. */
export const places = [
  {
    heading: "Data",
    pages: [
      { to: "/", label: "Overview", icon: IconGauge },
      { to: "/stations", label: "Stations", icon: IconStack2 },
      { to: "/schemas", label: "Schemas", icon: IconFileDescription },
    ],
  },
] as const;
