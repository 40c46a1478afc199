import { Button, Group, Stack } from "@mantine/core";
import type { ReactNode } from "react";

/** What came of it, in a dialog that is closed once it was read. */
export function Done({
  children,
  action = "Done",
  onDone,
}: {
  readonly children: ReactNode;
  readonly action?: string;
  readonly onDone: () => void;
}) {
  return (
    <Stack>
      {children}
      <Group justify="end">
        <Button onClick={onDone}>{action}</Button>
      </Group>
    </Stack>
  );
}
