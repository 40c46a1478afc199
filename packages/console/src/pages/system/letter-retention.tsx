import { Card, Fieldset, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../api/ask.ts";
import { letterRetentionQuestion } from "../../api/questions.ts";
import type { DeadLetterRetention } from "../../api/types.ts";
import { AmountInput, sizeUnits, spanUnits } from "../../parts/amount-input.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { CountInput } from "../../parts/count-input.tsx";
import { Failure } from "../../parts/failure.tsx";
import { fieldErrors } from "../../parts/field-errors.ts";
import { Form } from "../../parts/form.tsx";
import { MayNot, useMay } from "../../parts/may.tsx";

/** How long dead letters of all stations are kept. */
export function LetterRetention() {
  const { data: kept, error } = useQuery(letterRetentionQuestion);
  const mayChange = useMay()("deadLetter.setRetention");
  return (
    <Card withBorder component="section" aria-label="Retention of dead letters">
      <Title order={2} size="h5">
        Dead letters
      </Title>
      <Text c="dimmed" size="sm" mb="md" maw={720}>
        How long they are kept, those of all stations together. A station can have its own kept for
        a shorter time.
      </Text>
      <Stack>
        <Failure error={error} />
        {!mayChange && <MayNot doing="change this" least="admin, for all stations" />}
        {kept === undefined ? (
          error === null && <Skeleton height={160} />
        ) : (
          <RetentionForm kept={kept} mayChange={mayChange} />
        )}
      </Stack>
    </Card>
  );
}

function RetentionForm({
  kept,
  mayChange,
}: {
  readonly kept: DeadLetterRetention;
  readonly mayChange: boolean;
}) {
  const queries = useQueryClient();
  const [changes, setChanges] = useState<Partial<DeadLetterRetention>>({});
  const [isAsking, setAsking] = useState(false);
  const wanted = { ...kept, ...changes };
  const save = useMutation({
    mutationFn: () =>
      ask<DeadLetterRetention>("PATCH", "/dead-letters/retention", { body: wanted }),
    onSuccess: (saved) => {
      queries.setQueryData(letterRetentionQuestion.queryKey, saved);
      setChanges({});
      notifications.show({ message: "Saved" });
    },
    onSettled: () => setAsking(false),
  });
  const errors = fieldErrors(save.error, Object.keys(kept));
  const change = (more: Partial<DeadLetterRetention>): void => {
    save.reset();
    setChanges({ ...changes, ...more });
  };
  return (
    <>
      <Form
        onSubmit={() => (isLower(kept, wanted) ? setAsking(true) : save.mutate())}
        doing={save}
        action={mayChange ? "Save retention" : undefined}
        isReady={JSON.stringify(kept) !== JSON.stringify(wanted)}
        isSaidAbove={Object.keys(errors).length > 0}
      >
        <Fieldset variant="unstyled" p={0} mx={0} disabled={!mayChange}>
          <SimpleGrid cols={{ base: 1, sm: 3 }} style={{ alignItems: "start" }}>
            <AmountInput
              label="Kept for"
              description="Empty to keep them for ever."
              units={spanUnits.slice(1)}
              none="for ever"
              value={wanted.maxAgeMs === 0 ? null : wanted.maxAgeMs}
              onChange={(ms) => change({ maxAgeMs: ms ?? 0 })}
              error={errors["maxAgeMs"]}
            />
            <CountInput
              label="At most, in dead letters"
              description="Empty for any number."
              none="any number"
              value={wanted.maxMessages}
              onChange={(maxMessages) => change({ maxMessages })}
              error={errors["maxMessages"]}
            />
            <AmountInput
              label="At most, in size"
              description="Empty for any size."
              units={sizeUnits}
              none="any size"
              value={wanted.maxBytes}
              onChange={(maxBytes) => change({ maxBytes })}
              error={errors["maxBytes"]}
            />
          </SimpleGrid>
        </Fieldset>
      </Form>
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title="Keep fewer dead letters?"
        action="Save"
        onConfirm={() => save.mutate()}
        isPending={save.isPending}
      >
        <Text>
          Dead letters of all stations that are beyond that go at once, the oldest first, and for
          ever.
        </Text>
      </Confirm>
    </>
  );
}

/** Whether it takes dead letters away that are kept now. */
function isLower(before: DeadLetterRetention, after: DeadLetterRetention): boolean {
  const less = (old: number | null, now: number | null): boolean =>
    now !== null && (old === null || now < old);
  return (
    less(before.maxAgeMs || null, after.maxAgeMs || null) ||
    less(before.maxMessages, after.maxMessages) ||
    less(before.maxBytes, after.maxBytes)
  );
}
