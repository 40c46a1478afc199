import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import type { Query } from "../../../api/ask.ts";
import type { DeadLetter } from "../../../api/types.ts";
import { countText } from "../../../parts/numbers.ts";
import { DropDialog } from "./drop-dialog.tsx";
import { ResendDialog } from "./resend-dialog.tsx";

/** What can be done with those that are chosen, or with all that the filter says. */
export function Actions({
  station,
  filter,
  ids,
  letters,
  onDone,
}: {
  readonly station: string;
  readonly filter: Query;
  readonly ids: readonly number[];
  readonly letters: readonly DeadLetter[];
  readonly onDone: () => void;
}) {
  const [deed, setDeed] = useState<"resend" | "drop">();
  const isChosen = ids.length > 0;
  const which = isChosen ? { ids } : filter;
  const close = (): void => setDeed(undefined);
  return (
    <Group>
      <Button onClick={() => setDeed("resend")}>
        {isChosen ? "Send again" : "Send all of these again"}
      </Button>
      <Button color="red" variant="light" onClick={() => setDeed("drop")}>
        {isChosen ? "Drop" : "Drop all of these"}
      </Button>
      <Text size="sm" c="dimmed">
        {isChosen ? `${countText(ids.length)} chosen` : "None chosen: it is about all that match"}
      </Text>
      <ResendDialog
        station={station}
        filter={which}
        isRefused={isChosen ? letters.some(({ group }) => group === null) : undefined}
        isOpen={deed === "resend"}
        onClose={close}
        onDone={onDone}
      />
      <DropDialog
        station={station}
        filter={which}
        isOpen={deed === "drop"}
        onClose={close}
        onDone={onDone}
      />
    </Group>
  );
}
