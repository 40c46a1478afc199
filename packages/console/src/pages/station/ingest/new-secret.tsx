import { Button, Group, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Ingest } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../../api/ask.ts";
import { Failure } from "../../../parts/failure.tsx";
import { senderOf } from "./create-ingest.tsx";

/** Asks for the secret that a sender has shown. */
export function NewSecret({
  ingest: { station, name, verify, hasSecret },
  onClose,
}: {
  readonly ingest: Ingest;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const [secret, setSecret] = useState("");
  const set = useMutation({
    mutationFn: () =>
      ask("POST", path`/stations/${station}/ingest/${name}/rotate`, {
        body: { what: "secret", secret: secret.trim() },
      }),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ["station", station, "ingest"] });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Secret of ${name}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate();
        }}
      >
        <Stack>
          <PasswordInput
            label="Secret"
            description={`As ${senderOf(verify.kind)} shows it, or has been told.`}
            value={secret}
            onChange={({ currentTarget }) => setSecret(currentTarget.value)}
            autoComplete="off"
            data-autofocus
            required
          />
          {hasSecret && <Text size="sm">The one before is taken for a day.</Text>}
          <Failure error={set.error} />
          <Group justify="end">
            <Button type="submit" loading={set.isPending}>
              Set
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
