import { Alert, Skeleton } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { callerQuestion } from "../api/caller-question.ts";
import type { Caller } from "../api/types.ts";

/**
 * Whether who is logged in may ask for operations, of some stations where they are about one. Until that is known, and
 * where it can't be found out, it may: the server decides in any case.
 */
export function useMay(): (operation: string) => boolean {
  const { data: caller } = useQuery(callerQuestion);
  return (operation) => caller === undefined || mayDo(caller, operation);
}

function mayDo({ operations, storage }: Caller, operation: string): boolean {
  return operations.includes(operation) || storage.includes(operation);
}

/** A page for who may ask for an operation; others are told what that takes, and nothing is asked for. */
export function Guarded({
  operation,
  children,
  ...why
}: {
  readonly operation: string;
  readonly doing: string;
  readonly least: string;
  readonly children: ReactNode;
}) {
  const { data: caller, error } = useQuery(callerQuestion);
  if (caller === undefined && error === null) return <Skeleton height={400} />;
  return caller !== undefined && !mayDo(caller, operation) ? <MayNot {...why} /> : children;
}

/** Why something is not offered. */
export function MayNot({ doing, least }: { readonly doing: string; readonly least: string }) {
  return (
    <Alert color="gray" icon={<IconLock size={18} />} title="You may look, and not change it">
      {`To ${doing} takes the role ${least}. An admin gives it under Users & tenants.`}
    </Alert>
  );
}
