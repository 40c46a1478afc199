import { Progress, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Removed } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../../api/ask.ts";
import { Confirm } from "../../../parts/confirm.tsx";
import { countText, sizeText } from "../../../parts/numbers.ts";

/** Messages of one request. */
const stepMax = 100;

export interface DoomedMessage {
  readonly partition: number;
  readonly sequence: number;
  readonly size: number;
}

/** Asks whether messages are to be removed for ever, and removes them. */
export function DeleteDialog({
  station,
  messages,
  onClose,
  onDeleted,
}: {
  readonly station: string;
  readonly messages: readonly DoomedMessage[];
  readonly onClose: () => void;
  readonly onDeleted: (messages: readonly DoomedMessage[]) => void;
}) {
  const queries = useQueryClient();
  const [done, setDone] = useState(0);
  const remove = useMutation({
    mutationFn: async () => {
      let removed = 0;
      for (let start = 0; start < messages.length; start += stepMax) {
        const part = messages
          .slice(start, start + stepMax)
          .map(({ partition, sequence }) => ({ partition, sequence }));
        const answer = await ask<Removed>("POST", path`/stations/${station}/remove`, {
          body: { messages: part },
        });
        removed += answer.removed;
        setDone(start + part.length);
        onDeleted(messages.slice(start, start + part.length));
      }
      return removed;
    },
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ["station", station] }),
  });
  const bytes = messages.reduce((sum, { size }) => sum + size, 0);
  const partitions = new Set(messages.map(({ partition }) => partition)).size;
  const [one] = messages;
  const isOne = messages.length === 1;
  const what = isOne
    ? `message ${one?.sequence} of partition ${one?.partition}`
    : `${countText(messages.length)} messages`;
  return (
    <Confirm
      isOpen
      onClose={onClose}
      title={`Delete ${what}?`}
      action={isOne ? "Delete for ever" : `Delete ${countText(messages.length)} for ever`}
      onConfirm={() => remove.mutate()}
      isPending={remove.isPending}
      error={remove.error}
    >
      <Text size="sm">
        {isOne ? "The message" : `${countText(messages.length)} messages`} of {station} (
        {sizeText(bytes)}
        {partitions > 1 && `, of ${partitions} partitions`}) will be removed for ever, and
        overwritten on disk. Groups that have not got {isOne ? "it" : "them"} yet never will.
      </Text>
      {remove.isPending && !isOne && (
        <Progress value={(done / messages.length) * 100} aria-label="Messages deleted" />
      )}
    </Confirm>
  );
}
