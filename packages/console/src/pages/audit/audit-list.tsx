import { useInfiniteQuery } from "@tanstack/react-query";
import { type LinkProps, useNavigate } from "@tanstack/react-router";
import { type AuditFilter, auditQuestion } from "../../api/audit-questions.ts";
import { Paged } from "../../parts/paged.tsx";
import { AuditDetail } from "./detail.tsx";
import { EntryTable } from "./entry-table.tsx";

/** Who has changed what, the latest first, with all that is known of the one that is chosen. */
export function AuditList({
  filter,
  entry,
  placeOf,
  nothing,
}: {
  readonly filter: AuditFilter;
  /** The sequence of the chosen one. */
  readonly entry: string | undefined;
  /** The address at which one is chosen, or none. */
  readonly placeOf: (entry: string | undefined) => LinkProps;
  readonly nothing: string;
}) {
  const navigate = useNavigate();
  const list = useInfiniteQuery(auditQuestion(filter));
  const known = list.data?.pages.flatMap(({ entries }) => entries) ?? [];
  return (
    <>
      <Paged
        list={list}
        itemsOf={({ entries }) => entries}
        nothing={nothing}
        more="Show older ones"
      >
        {(entries) => <EntryTable entries={entries} placeOf={placeOf} />}
      </Paged>
      {entry !== undefined && (
        <AuditDetail
          sequence={Number(entry)}
          found={known.find(({ sequence }) => sequence === Number(entry))}
          onClose={() => void navigate(placeOf(undefined))}
        />
      )}
    </>
  );
}
