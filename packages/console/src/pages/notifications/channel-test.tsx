import { Alert, Button, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { NotificationSent } from "oxbow/control";
import { ask, path } from "../../api/ask.ts";
import { Failure } from "../../parts/failure.tsx";

/** Sends something to a channel, and shows what came of it. */
export function ChannelTest({ name }: { readonly name: string }) {
  const queries = useQueryClient();
  const [isOpen, dialog] = useDisclosure();
  const test = useMutation({
    mutationFn: () => ask<NotificationSent>("POST", path`/notifications/channels/${name}/test`),
    onSettled: () => queries.invalidateQueries({ queryKey: ["notifications", "history"] }),
  });
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`Test ${name}`}
        onClick={() => {
          dialog.open();
          test.mutate();
        }}
      >
        Test
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title={`Test of ${name}`}>
        <Stack>
          {test.isPending && <Text>It is sent. The other side may take ten seconds.</Text>}
          {test.data !== undefined && (
            <Alert color="green" title="It has arrived">
              {test.data.answer === "" ? "The other side took it." : test.data.answer}
            </Alert>
          )}
          <Failure error={test.error} />
        </Stack>
      </Modal>
    </>
  );
}
