import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, path } from "../../../api/ask.ts";
import type { Dropped } from "../../../api/types.ts";
import { Confirm } from "../../../parts/confirm.tsx";
import { countText } from "../../../parts/numbers.ts";

/** From so many on, the name of the station has to be typed. */
const typedFrom = 100;

/** Counts which dead letters would be taken out, and asks before it is done. */
export function DropDialog({
  station,
  filter,
  isOpen,
  onClose,
  onDone,
}: {
  readonly station: string;
  readonly filter: object;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const queries = useQueryClient();
  const drop = (isDryRun: boolean): Promise<Dropped> =>
    ask("POST", path`/stations/${station}/dead-letters/drop`, { body: { filter, isDryRun } });
  const preview = useQuery({
    queryKey: ["station", station, "dead-letters", "drop", filter],
    queryFn: () => drop(true),
    enabled: isOpen,
    staleTime: 0,
  });
  const act = useMutation({
    mutationFn: () => drop(false),
    onSuccess: async ({ dropped }) => {
      onClose();
      onDone();
      notifications.show({ message: `${countText(dropped)} dropped` });
      await queries.invalidateQueries({ queryKey: ["station", station] });
    },
  });
  const count = preview.data?.dropped;
  return (
    <Confirm
      isOpen={isOpen}
      onClose={onClose}
      title="Drop dead letters"
      action="Drop"
      onConfirm={() => act.mutate()}
      isPending={act.isPending}
      error={act.error ?? preview.error}
      isImpossible={count === undefined || count === 0}
      {...(count !== undefined && count >= typedFrom && { typed: station })}
    >
      <Text>
        {count === undefined
          ? "Counting …"
          : `${countText(count)} dead letter${count === 1 ? " is" : "s are"} removed for ever, with ${count === 1 ? "its message" : "their messages"} as far as ${count === 1 ? "it is" : "they are"} kept here.`}
      </Text>
    </Confirm>
  );
}
