import { Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { auditQuestion } from "../../api/audit-questions.ts";
import { Failure } from "../../parts/failure.tsx";
import { ShowMore } from "../../parts/show-more.tsx";
import { AuditDetail } from "../audit/detail.tsx";
import { EntryTable } from "../audit/entry-table.tsx";

const route = getRouteApi("/stations/$station");

/** Who has changed what of a station and its groups, the latest first. */
export function StationAudit({ station }: { readonly station: string }) {
  const { entry } = route.useSearch();
  const navigate = useNavigate();
  const list = useInfiniteQuery(auditQuestion({ name: station }));
  const entries = list.data?.pages.flatMap((page) => page.entries) ?? [];
  const placeOf = (shown?: string) => ({
    to: "/stations/$station" as const,
    params: { station },
    search: { tab: "audit", ...(shown !== undefined && { entry: shown }) },
  });
  return (
    <Stack>
      <Failure error={list.error} />
      {!list.isPending && list.error === null && entries.length === 0 && (
        <Text c="dimmed">Nobody has changed anything of it through the platform.</Text>
      )}
      {entries.length > 0 && <EntryTable entries={entries} placeOf={placeOf} />}
      <ShowMore of={list}>Show older ones</ShowMore>
      {entry !== undefined && (
        <AuditDetail
          sequence={Number(entry)}
          found={entries.find(({ sequence }) => sequence === Number(entry))}
          onClose={() => void navigate(placeOf())}
        />
      )}
    </Stack>
  );
}
