import { getRouteApi } from "@tanstack/react-router";
import { AuditList } from "../audit/audit-list.tsx";

const route = getRouteApi("/stations/$station");

/** Who has changed what of a station and its groups. */
export function StationAudit({ station }: { readonly station: string }) {
  const { entry } = route.useSearch();
  return (
    <AuditList
      filter={{ name: station }}
      entry={entry}
      placeOf={(chosen) => ({
        to: "/stations/$station",
        params: { station },
        search: { tab: "audit", ...(chosen !== undefined && { entry: chosen }) },
      })}
      nothing="Nobody has changed anything of it through the platform."
    />
  );
}
