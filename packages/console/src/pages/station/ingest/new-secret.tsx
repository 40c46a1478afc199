import { Modal, PasswordInput, Text } from "@mantine/core";
import type { Ingest } from "oxbow/control";
import { useState } from "react";
import { ask, path } from "../../../api/ask.ts";
import { Form } from "../../../parts/form.tsx";
import { useWrite } from "../../../parts/use-write.ts";
import { senderOf } from "./create-ingest.tsx";

/** Asks for the secret that a sender has shown. */
export function NewSecret({
  ingest: { station, name, verify, hasSecret },
  onClose,
}: {
  readonly ingest: Ingest;
  readonly onClose: () => void;
}) {
  const [secret, setSecret] = useState("");
  const set = useWrite(
    () =>
      ask("POST", path`/stations/${station}/ingest/${name}/rotate`, {
        body: { what: "secret", secret: secret.trim() },
      }),
    {
      stale: { queryKey: ["station", station, "ingest"] },
      onDone: onClose,
    },
  );
  return (
    <Modal opened onClose={onClose} title={`Secret of ${name}`}>
      <Form onSubmit={() => set.mutate()} doing={set} action="Set">
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
      </Form>
    </Modal>
  );
}
