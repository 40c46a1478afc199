import { Button, Group, JsonInput, Modal, Stack } from "@mantine/core";
import { useState } from "react";
import { Failure } from "../../parts/failure.tsx";

/** Takes a message of JSON. */
export function SampleDialog({
  isOpen,
  onClose,
  onTaken,
  error,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onTaken: (sample: string) => void;
  readonly error: Error | null;
}) {
  const [text, setText] = useState("");
  return (
    <Modal opened={isOpen} onClose={onClose} title="From a message" size="lg">
      <Stack>
        <JsonInput
          label="A message that is right"
          description="JSON, as programs send it. Nothing of it is stored."
          autosize
          minRows={8}
          maxRows={18}
          value={text}
          onChange={setText}
          formatOnBlur
          validationError="It is not JSON"
          data-autofocus
        />
        <Failure error={error} />
        <Group justify="end">
          <Button disabled={text.trim() === ""} onClick={() => onTaken(text)}>
            Make a schema of it
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
