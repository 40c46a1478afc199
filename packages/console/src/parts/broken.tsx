import { Button, Stack } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { Failure } from "./failure.tsx";

/** Instead of a page that could not be loaded or shown: a newer version of the server has other files, for one. */
export function Broken({ error }: ErrorComponentProps) {
  return (
    <Stack align="start">
      <Failure error={error instanceof Error ? error : new Error(String(error))} />
      <Button variant="default" onClick={() => location.reload()}>
        Load the page again
      </Button>
    </Stack>
  );
}
